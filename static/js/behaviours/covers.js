// Draws rectangles over page images and keeps them as fractions of the page: [page, x, y, width, height].
export default function (area) {
  const field = area.closest("form").elements.covers;
  let covers = JSON.parse(field.value || "[]");
  const keep = () => {
    field.value = JSON.stringify(covers);
    draw();
  };

  function draw() {
    for (const page of area.querySelectorAll(".cover-page")) {
      page.querySelectorAll("button").forEach((old) => old.remove());
      covers.forEach((cover, index) => {
        if (String(cover[0]) !== page.dataset.page) {
          return;
        }
        const box = document.createElement("button");
        box.type = "button";
        box.setAttribute("aria-label", "Bỏ vùng che này");
        [box.style.left, box.style.top, box.style.width, box.style.height] = cover
          .slice(1)
          .map((part) => `${part * 100}%`);
        box.addEventListener("click", () => {
          covers = covers.filter((_, other) => other !== index);
          keep();
        });
        page.append(box);
      });
    }
  }
  for (const page of area.querySelectorAll(".cover-page")) {
    let from = null,
      ghost = null;
    const at = (event) => {
      const frame = page.getBoundingClientRect();
      return [
        Math.min(1, Math.max(0, (event.clientX - frame.left) / frame.width)),
        Math.min(1, Math.max(0, (event.clientY - frame.top) / frame.height)),
      ];
    };
    page.addEventListener("pointerdown", (event) => {
      if (event.target.tagName === "BUTTON") {
        return;
      }
      from = at(event);
      ghost = document.createElement("i");
      page.append(ghost);
      page.setPointerCapture(event.pointerId);
    });
    page.addEventListener("pointermove", (event) => {
      if (!from) {
        return;
      }
      const to = at(event);
      ghost.style.left = `${Math.min(from[0], to[0]) * 100}%`;
      ghost.style.top = `${Math.min(from[1], to[1]) * 100}%`;
      ghost.style.width = `${Math.abs(to[0] - from[0]) * 100}%`;
      ghost.style.height = `${Math.abs(to[1] - from[1]) * 100}%`;
    });
    page.addEventListener("pointerup", (event) => {
      if (!from) {
        return;
      }
      const to = at(event),
        wide = Math.abs(to[0] - from[0]),
        high = Math.abs(to[1] - from[1]);
      if (wide > 0.01 && high > 0.004) {
        covers.push([
          Number(page.dataset.page),
          Math.min(from[0], to[0]),
          Math.min(from[1], to[1]),
          wide,
          high,
        ]);
      }
      ghost.remove();
      from = null;
      keep();
    });
  }
  draw();
}
