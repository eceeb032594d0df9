// The keys: by their place on the keyboard, so that an input method in Chinese changes nothing; never while something is being written.

import { $ } from "/dom.js";

export const RETYPE = ["PERSON", "LOCATION", "ORGANIZATION", "DATE_TIME", "MONEY", "QUANTITY", "PHONE_NUMBER", "URL", "CN_ID_CARD"];
let on = true;
let moved = { places: {}, names: {} }; // as the server tells of the keys that the user has moved

/** Let keys do what the user wants them to. */
export function moveKeys(wanted) {
  moved = wanted;
}

/** How a key is called, or several in one text (`y Enter / ⇧Y`), once they were moved. */
export const called = (keys) => keys.replace(/(?<![A-Za-z])[A-Za-z](?![A-Za-z0-9])/g, (key) => moved.names[key] ?? moved.names[key.toLowerCase()]?.toUpperCase() ?? key);

/** Switch the keys on or off; whether they are on now. */
export function switchKeys() {
  on = !on;
  return on;
}
export const keysOn = () => on;

/** Whether an event belongs to an input method, a field, a dialog or the browser. */
export function isForeign(event) {
  const target = event.target;
  return (
    event.isComposing ||
    event.keyCode === 229 ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    Boolean(document.querySelector("dialog[open]")) ||
    target.isContentEditable ||
    ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)
  );
}

/** The name of what a key does; "" when it does nothing here. */
export function command(event) {
  const shift = event.shiftKey;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit && !shift) return digit[1] === "0" ? "more" : `retype:${RETYPE[Number(digit[1]) - 1]}`;
  const inList = $("#list").contains(event.target) || $("#text").contains(event.target) || event.target === document.body;
  const onControl = ["BUTTON", "SUMMARY", "A"].includes(event.target.tagName);
  switch (moved.places[event.code] ?? event.code) {
    case "KeyJ":
      return "next";
    case "KeyK":
      return "previous";
    case "ArrowDown":
      return inList ? "next" : "";
    case "ArrowUp":
      return inList ? "previous" : "";
    case "ArrowRight":
    case "KeyL":
      return inList ? "place:1" : "";
    case "ArrowLeft":
    case "KeyH":
      return inList ? "place:-1" : "";
    case "KeyG":
      return shift ? "last" : "first";
    case "Tab":
      return inList ? (shift ? "previousOpen" : "nextOpen") : "";
    case "KeyY":
      return shift ? "mask:place" : "mask:value";
    case "Enter":
    case "NumpadEnter":
      return onControl ? "" : shift ? "mask:place" : "mask:value";
    case "KeyN":
      return shift ? "keep:place" : "keep:value";
    case "Delete":
      return shift ? "keep:place" : "keep:value";
    case "KeyD":
      return shift ? "later:place" : "later:value";
    case "KeyR":
      return "reason";
    case "KeyA":
      return "add";
    case "KeyF":
    case "Slash":
      return event.code === "Slash" && shift ? "help" : "find";
    case "BracketLeft":
      return shift ? "grow:0,-1" : "grow:-1,0";
    case "BracketRight":
      return shift ? "grow:0,1" : "grow:1,0";
    case "KeyU":
      return shift ? "redo" : "undo";
    case "Space":
      return onControl ? "" : "read";
    case "KeyW":
      return "why";
    case "KeyP":
      return "jump";
    case "KeyO":
      return "peek";
    case "KeyM":
      return "merge";
    case "KeyT":
      return "columns";
    case "KeyE":
      return "export";
    case "KeyQ":
      return "carry";
    case "Period":
      return shift ? "nextDocument" : "";
    case "Comma":
      return shift ? "previousDocument" : "";
    case "KeyC":
      return "finish";
    case "F6":
      return "region";
    default:
      return "";
  }
}
