// A day typed as 24/11/2026, with the browser's calendar beside it. Half a day is not sent on by autosave.
const WHOLE = /^\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{1,2}-\d{1,2})?\s*$/;

const two = (number) => String(number).padStart(2, "0");

function isoOf(text) {
  const found = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text);
  return found ? `${found[3]}-${two(found[2])}-${two(found[1])}` : "";
}

export default function (input) {
  let box = input.parentElement;
  if (box.classList.contains("day")) {
    box.replaceChildren(input);
  } else {
    box = Object.assign(document.createElement("span"), { className: "day" });
    input.replaceWith(box);
    box.append(input);
  }
  input.addEventListener("input", (event) => {
    if (!WHOLE.test(input.value)) {
      event.stopPropagation();
    }
  });
  const calendar = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1 });
  if (!calendar.showPicker) {
    return;
  }
  calendar.setAttribute("aria-hidden", "true");
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button",
    textContent: "Lịch",
  });
  button.setAttribute("aria-label", "Chọn ngày trên lịch");
  button.addEventListener("click", () => {
    calendar.value = isoOf(input.value);
    calendar.showPicker();
  });
  calendar.addEventListener("change", (event) => {
    event.stopPropagation();
    if (calendar.value) {
      input.value = calendar.value.split("-").reverse().join("/");
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    input.focus();
  });
  calendar.addEventListener("input", (event) => event.stopPropagation());
  box.append(button, calendar);
}
