// Elements made and filled. What a document says enters the page here and nowhere else: as text, never as markup.

export const $ = (selector, root = document) => root.querySelector(selector);

/** A new element. `props`: attributes; functions are listeners (`onclick`), false and null leave an attribute out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  set(node, props);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Attributes and listeners of an element. */
export function set(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-") && typeof value === "boolean") node.setAttribute(name, String(value));
    else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
}

/** Put these children, and no others, into an element. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

// Signs that show as nothing, or turn the text round: shown by their code. White space that the layout keeps is none of them.
const UNSEEN = /[\p{Cf}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u115f\u1160\u2028\u2029\u3164\uffa0]/u;

let waiting = null; // what is to be done before the next frame, by name

/** Do something once before the next frame, however often it was asked for: what measures the page comes after all that changes it. */
export function beforeFrame(name, run) {
  if (!waiting) {
    waiting = new Map();
    requestAnimationFrame(() => {
      const all = waiting;
      waiting = null;
      for (const each of all.values()) each();
    });
  }
  waiting.set(name, run);
}

/** Nodes that show a text: unseen signs as small boxes, each of which stands for one code point. */
export function shown(text) {
  if (!UNSEEN.test(text)) return [document.createTextNode(text)];
  const nodes = [];
  let plain = "";
  for (const sign of text) {
    if (!UNSEEN.test(sign)) {
      plain += sign;
      continue;
    }
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
    const code = sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    nodes.push(h("span", { class: "unseen", "data-sign": "1" }, code));
  }
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

/** How many code points of a paragraph's text stand before a place in its element; what the page itself adds does not count. */
export function pointsBefore(root, node, offset) {
  let count = 0;
  let found = false;
  const walk = (at) => {
    if (found) return;
    if (at === node && at.nodeType !== Node.TEXT_NODE) {
      [...at.childNodes].slice(0, offset).forEach(walk);
      found = true;
      return;
    }
    if (at.nodeType === Node.TEXT_NODE) {
      count += [...(at === node ? at.data.slice(0, offset) : at.data)].length;
      found = at === node;
    } else if (at.dataset && at.dataset.sign) {
      count += 1;
      found = at.contains(node);
    } else if (!(at.classList && at.classList.contains("sr"))) {
      at.childNodes.forEach(walk);
    } else {
      found = at.contains(node);
    }
  };
  walk(root);
  return count;
}
