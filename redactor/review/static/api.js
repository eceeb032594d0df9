// What the page asks its server for. Every answer is JSON; errors are sentences for people.

const csrf = document.querySelector('meta[name="csrf"]').content;

/** Something that was refused, with the status of the answer. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, "");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said.error ?? "");
  return said;
}

export const get = (path) => ask(path, {});

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Redactor": csrf },
    body: JSON.stringify(body),
  });
