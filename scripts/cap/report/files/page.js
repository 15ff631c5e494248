"use strict";
(() => {
  const root = document.documentElement;
  const button = document.getElementById("scheme");
  const asked = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : asked.matches);
  const name = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `${button.textContent}: show in ${isDark() ? "light" : "dark"} colours`);
  };
  button.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    name();
  });
  asked.addEventListener("change", name);
  button.hidden = false;
  name();
  const told = document.getElementById("told");
  for (const copy of document.querySelectorAll(".copy")) {
    const query = copy.previousElementSibling;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      let word = "Copied";
      try {
        await navigator.clipboard.writeText(query.textContent);
      } catch {
        // a browser that does not let a file write to the clipboard: what is selected can be copied by hand
        getSelection().selectAllChildren(query);
        word = "Selected";
      }
      copy.firstElementChild.textContent = word;
      told.textContent = word;
      setTimeout(() => {
        copy.firstElementChild.textContent = "Copy";
        told.textContent = "";
      }, 2000);
    });
  }
})();
