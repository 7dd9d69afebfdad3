// On a phone the rooms stand in a row that scrolls sideways. Where it does, the place one stands at comes into view,
// and a button at its end shows all of them at once.
export default function (nav) {
  const current = nav.querySelector("[aria-current]");
  if (nav.scrollWidth <= nav.clientWidth) {
    return;
  }
  if (current) {
    nav.scrollLeft = current.offsetLeft - nav.offsetLeft - 40;
  }
  nav.id ||= "rooms";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "all-rooms" });
  button.setAttribute("aria-controls", nav.id);
  const show = (open) => {
    nav.classList.toggle("all", open);
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Thu gọn" : "Tất cả";
  };
  button.addEventListener("click", () => show(!nav.classList.contains("all")));
  nav.after(button);
  show(false);
}
