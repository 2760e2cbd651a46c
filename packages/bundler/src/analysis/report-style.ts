/** The report's style: light or dark as the reader's system is. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fbfaf8;--card:#fff;--ink:#1d2329;--soft:#626b75;--line:#e3e1dc;--focus:#1d2329;--grew:#b42318;--shrank:#15703a;
--game:#9cc3ea;--data:#a8d8b5;--ecs:#93d3cf;--kernel:#c3b4ec;--package:#d5cdbd;--typescript-to-lua:#f3cd86;--guards:#ccd1d7}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1b1f25;--ink:#e8eaed;--soft:#9aa4af;--line:#2c323a;--focus:#fff;--grew:#ff8a7a;--shrank:#6fce92;
--game:#2c5380;--data:#2c5f41;--ecs:#215f5c;--kernel:#4a3f7a;--package:#4d473b;--typescript-to-lua:#6f5217;--guards:#404851}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Open Sans",sans-serif}
main{max-width:1280px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:20px;margin:0;letter-spacing:-.005em}
h3{font-size:14px;margin:0 0 8px;color:var(--soft);font-weight:600}
p{margin:0}
.soft{color:var(--soft)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:6px 18px;padding:0;margin:20px 0 0;font-size:13px;color:var(--soft)}
.legend li::before{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;background:var(--tone)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;margin-top:20px}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 16px;margin-bottom:14px;font-variant-numeric:tabular-nums}
.grew-text{color:var(--grew)}.shrank-text{color:var(--shrank)}
.maps{display:grid;gap:20px;grid-template-columns:minmax(0,1fr)}
.maps.two{grid-template-columns:repeat(2,minmax(0,1fr))}
.map{position:relative;aspect-ratio:16/9;border-radius:6px;overflow:hidden}
.map button{position:absolute;margin:0;padding:3px 5px;border:1px solid var(--card);border-radius:3px;background:var(--tone);color:var(--ink);font:inherit;font-size:12px;line-height:1.25;text-align:left;overflow:hidden;white-space:nowrap;cursor:pointer;display:flex;flex-direction:column;justify-content:flex-start}
.map button span{overflow:hidden;text-overflow:ellipsis}
.two .map button{font-size:10.5px;padding:2px 4px}
.map button i{font-style:normal;font-weight:600;font-size:11px}
.map .grew{box-shadow:inset 0 0 0 2px var(--grew)}.map .shrank{box-shadow:inset 0 0 0 2px var(--shrank)}
.map button:hover{filter:brightness(1.06)}
.map button:focus-visible,.map button[aria-current]{outline:2px solid var(--focus);outline-offset:-2px;z-index:1}
.group{position:absolute;padding:0 5px;font-size:12px;line-height:1;display:flex;align-items:center;gap:6px;color:var(--soft);overflow:hidden;white-space:nowrap}
.two .group{font-size:10.5px}
.group b{font-weight:600;color:var(--ink);font-variant-numeric:tabular-nums}
.about{min-height:66px;margin-top:12px;font-size:14px;overflow-wrap:anywhere}
.about b{display:block}
.o-game{--tone:var(--game)}.o-data{--tone:var(--data)}.o-ecs{--tone:var(--ecs)}.o-kernel{--tone:var(--kernel)}.o-package{--tone:var(--package)}.o-typescript-to-lua{--tone:var(--typescript-to-lua)}.o-guards{--tone:var(--guards)}
details{margin-top:10px;border-top:1px solid var(--line);padding-top:10px}
summary{cursor:pointer;font-weight:600;font-size:14px}
summary:focus-visible{outline:2px solid var(--focus);outline-offset:3px;border-radius:3px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;margin-top:8px;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:600;text-align:left}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere;min-width:180px}
.n{text-align:right;white-space:nowrap}
ol{margin:0;padding-left:20px}ol li{margin:6px 0}
@media (max-width:760px){main{padding:20px 14px 48px}section{padding:14px}.maps.two{grid-template-columns:minmax(0,1fr)}.map button{font-size:9px;padding:2px 3px}.map button i,.map .group{font-size:9px}}
`;

/** Shows what has the focus or the pointer; arrow keys walk through a treemap, Tab leaves it. Without it the page still says all. */
export const SCRIPT = `
for (const section of document.querySelectorAll('section[data-role]')) {
  const about = section.querySelector('.about');
  const buttons = [...section.querySelectorAll('.map button')];
  const show = (button) => {
    const path = button.dataset.path;
    for (const each of buttons) each.dataset.path === path ? each.setAttribute('aria-current', 'true') : each.removeAttribute('aria-current');
    const name = document.createElement('b');
    name.textContent = path;
    about.replaceChildren(name, button.getAttribute('aria-label').slice(path.length + 2));
  };
  for (const map of section.querySelectorAll('.map')) {
    const own = [...map.querySelectorAll('button')];
    const enter = (button) => { for (const each of own) each.tabIndex = each === button ? 0 : -1; };
    if (own[0]) enter(own[0]);
    map.addEventListener('focusin', ({ target }) => { enter(target); show(target); });
    map.addEventListener('mouseover', ({ target }) => { const button = target.closest('button'); if (button) show(button); });
    map.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const at = own.indexOf(document.activeElement);
      const next = event.key === 'Home' ? own[0] : event.key === 'End' ? own.at(-1) : step && own[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }
}
`;
