// On a phone the side bar scrolls sideways: bring the place one stands at into view.
export default function (nav) {
  const current = nav.querySelector("[aria-current]");
  if (current && nav.scrollWidth > nav.clientWidth) {
    nav.scrollLeft = current.offsetLeft - nav.offsetLeft - 40;
  }
}
