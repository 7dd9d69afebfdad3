// Takes the text out of a Word or PDF file into the field above; it stays a proposal until the author takes it.
export default function (place) {
  const input = place.querySelector("input[type=file]"),
    said = place.querySelector("[data-said]"),
    form = place.closest("form"),
    area = place.closest("[data-row]").querySelector("textarea");
  place.querySelector("[data-plain]")?.remove();
  place.querySelectorAll("[data-answer]").forEach((button) => button.remove());
  said.textContent = "";
  // Without a name the chosen file is not sent along when the step saves itself.
  input.removeAttribute("name");
  // Choosing a file is not writing: the step must not save itself with a text that nobody has taken yet.
  for (const kind of ["input", "change"]) {
    input.addEventListener(kind, (event) => event.stopPropagation());
  }

  const button = (words, act) => {
    const made = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button small",
      textContent: words,
    });
    made.dataset.answer = "";
    made.addEventListener("click", () => {
      place.querySelectorAll("[data-answer]").forEach((other) => other.remove());
      act();
    });
    said.after(made);
  };
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) {
      return;
    }
    said.textContent = `đang đọc ${file.name}…`;
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("source", file);
    input.value = "";
    try {
      const answer = await fetch(place.dataset.url, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch" },
      });
      const told = await answer.json();
      if (!answer.ok) {
        said.textContent = told.message || "Chưa lấy được chữ từ tệp này.";
        return;
      }
      propose(told.text);
    } catch {
      said.textContent = "Chưa lấy được chữ: không tới được máy chủ, hãy thử lại.";
    }
  });
  function propose(text) {
    const before = area.value,
      words = text.split(/\s+/).length.toLocaleString("vi-VN");
    area.value = text;
    area.scrollTop = 0;
    area.focus();
    said.textContent = `Đã lấy ${words} chữ vào khung trên. Xem lại rồi bấm “Dùng chữ này”.`;
    button("Bỏ, giữ như cũ", () => {
      area.value = before;
      said.textContent = "Đã giữ chữ cũ.";
    });
    button("Dùng chữ này", () => {
      said.textContent = "Đã dùng chữ từ tệp.";
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
