// Binds behaviours to elements that ask for them by data-behaviour; each behaviour is one small file.
const loaded = new Map();
const bound = new WeakMap();

async function bind(root) {
  const wanted = root.querySelectorAll("[data-behaviour]");
  for (const element of wanted) {
    for (const name of element.dataset.behaviour.split(" ")) {
      const names = bound.get(element) || bound.set(element, new Set()).get(element);
      if (names.has(name)) continue;
      names.add(name);
      if (!loaded.has(name)) loaded.set(name, import(new URL(`./behaviours/${name}.js`, import.meta.url)));
      const behaviour = await loaded.get(name);
      behaviour.default(element);
    }
  }
}

const size = document.documentElement.dataset.textSize;
if (size) document.documentElement.classList.add(`text-${size}`);
bind(document);
document.addEventListener("kheo:bind", (event) => bind(event.target));
