// The large keypad for fingers: a tap on a mark opens it, its digits replace the value. The sheet hears of it as of typing.
const shown = (value) => String(Math.round(value * 1000) / 1000).replace(".", ",");

export default function (screen) {
  const pad = document.getElementById("keypad"),
    figure = pad.querySelector("[data-shown]");
  let input = null,
    typed = "";
  if (screen.querySelector("#sheet fieldset").disabled) {
    return;
  }
  function open(box) {
    input = box.querySelector("input.mark");
    typed = "";
    pad.querySelector("[data-keypad-name]").textContent =
      `${input.dataset.name}, tối đa ${shown(Number(box.dataset.max))}`;
    figure.textContent = input.value || "–";
    pad.showModal();
  }
  function press(digit) {
    if (digit === "ok") {
      pad.close();
      return;
    }
    typed = digit === "x" ? "" : (typed + digit).slice(0, 7);
    input.value = typed;
    figure.textContent = typed || "–";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const box of screen.querySelectorAll("[data-criterion]")) {
    const mark = box.querySelector("input.mark");
    mark.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse") {
        event.preventDefault();
        open(box);
      }
    });
    for (const button of box.querySelectorAll("[data-by]")) {
      button.addEventListener("click", () => {
        // There is nothing to correct by a step yet.
        if (!/^\s*[0-9]+([.,][0-9]+)?\s*$/.test(mark.value)) {
          open(box);
        }
      });
    }
  }
  pad.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (digit) {
      press(digit);
    }
  });
  pad.addEventListener("keydown", (event) => {
    if (/^[0-9,.]$/.test(event.key)) {
      press(event.key === "." ? "," : event.key);
    } else if (event.key === "Backspace") {
      press("x");
    } else if (event.key === "Enter") {
      event.preventDefault();
      pad.close();
    }
  });
}
