// Sends each chosen file by itself with a moving bar; a refusal stays beside its name and says what to do.
export default function (slot) {
  const plain = slot.querySelector("[data-plain]");
  if (!plain) {
    watch(slot);
    return;
  }
  const chooser = plain.querySelector("input[type=file]");
  plain.querySelector("[data-send]").remove();
  const tiles = () => slot.querySelector("[data-tiles]");
  chooser.addEventListener("change", () => sendAll([...chooser.files]));
  slot.addEventListener("dragover", (event) => event.preventDefault());
  slot.addEventListener("drop", (event) => {
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  });

  async function sendAll(files) {
    let fresh = null;
    for (const file of files) {
      fresh = (await send(file)) || fresh;
    }
    chooser.value = "";
    if (fresh) {
      replace(slot, fresh);
      refresh();
    }
  }
  function send(file) {
    const tile = document.createElement("div");
    tile.className = "file-tile";
    const thumb = Object.assign(document.createElement("span"), { className: "thumb" });
    const body = document.createElement("div"),
      name = Object.assign(document.createElement("div"), { className: "name", textContent: file.name });
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.className = "moving";
    bar.setAttribute("aria-label", `Đang gửi ${file.name}`);
    const words = Object.assign(document.createElement("div"), { className: "quiet" });
    words.setAttribute("role", "status");
    body.append(name, bar, words);
    tile.append(thumb, body, document.createElement("span"));
    const nothing = slot.querySelector("[data-nothing]");
    nothing?.remove();
    tiles().append(tile);
    return new Promise((done) => {
      const refuse = (text) => {
        bar.remove();
        words.className = "bad";
        words.textContent = text;
        tile.classList.add("refused");
        const away = Object.assign(document.createElement("button"), {
          type: "button",
          className: "button plain",
          textContent: "Bỏ",
        });
        away.setAttribute("aria-label", `Bỏ lời báo về tệp ${file.name}`);
        away.addEventListener("click", () => {
          const list = tile.parentElement;
          tile.remove();
          if (nothing && !list.children.length) {
            list.append(nothing);
          }
        });
        tile.lastChild.replaceWith(away);
        done(null);
      };
      if (file.size > Number(slot.dataset.limit) * 1e6) {
        refuse(`Tệp lớn hơn ${slot.dataset.limit} MB. Hãy giảm dung lượng rồi gửi lại.`);
        return;
      }
      const request = new XMLHttpRequest(),
        began = Date.now();
      request.open("PUT", slot.dataset.url);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-CSRFToken", slot.dataset.token);
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("X-Requested-With", "fetch");
      request.upload.onprogress = (event) => {
        const part = event.loaded / event.total,
          left = (((Date.now() - began) / 1000) * (1 - part)) / Math.max(part, 0.01);
        bar.value = part * 100;
        words.textContent =
          part < 1
            ? `${Math.round(part * 100)}%, còn khoảng ${Math.max(1, Math.round(left))} giây`
            : "Đã gửi xong, đang kiểm tra tệp";
      };
      request.onload = () =>
        request.status < 300
          ? done(request.responseText)
          : refuse(
              request.responseText.startsWith("<")
                ? "Chưa nhận được tệp này. Hãy gửi lại."
                : request.responseText,
            );
      request.onerror = () =>
        refuse("Mất mạng khi đang gửi, tệp này chưa được nhận. Hãy gửi lại khi có mạng.");
      request.send(file);
    });
  }
  watch(slot);
}

function replace(slot, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".slot");
  for (const refused of slot.querySelectorAll(".file-tile.refused")) {
    fresh.querySelector("[data-nothing]")?.remove();
    fresh.querySelector("[data-tiles]").append(refused);
  }
  slot.replaceWith(fresh);
  fresh.parentElement.dispatchEvent(new CustomEvent("kheo:bind", { bubbles: true }));
}

// What is still missing is said by the server anew; files being sent in other places stay as they are.
async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
    if (fresh) {
      old.replaceWith(fresh);
    }
  }
}

// Thumbnails are made after the answer: look again while some are awaited.
function watch(slot, tries = 6) {
  if (!slot.querySelector("[data-pending]") || !tries) {
    return;
  }
  setTimeout(async () => {
    if (!slot.isConnected) {
      return;
    }
    const answer = await fetch(slot.dataset.list, { headers: { "X-Requested-With": "fetch" } }).catch(
      () => null,
    );
    const html = answer && answer.ok ? await answer.text() : "";
    if (html && !html.includes("data-pending")) {
      replace(slot, html);
    } else {
      watch(slot, tries - 1);
    }
  }, 2500);
}
