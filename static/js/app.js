// Binds behaviours to elements that ask for them by data-behaviour; each behaviour is one small file.
const loaded = new Map();

async function bind(root) {
  const wanted = root.querySelectorAll("[data-behaviour]");
  for (const element of wanted) {
    for (const name of element.dataset.behaviour.split(" ")) {
      if (element.dataset[`bound${name}`]) continue;
      element.dataset[`bound${name}`] = "1";
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
