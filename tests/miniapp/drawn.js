// Draws the mini program's pages in a browser with glass-easel, WeChat's own component framework,
// instead of wxml.js: real templates, style sheets and taps. WeChat's built-in components are
// not part of it; the HTML elements that stand nearest to them take their place.
//
// Given: TEXTS, SCRIPTS, STYLES {path: wxss} and FETCHED: what tools/native_pages.py fetches.

function commonJs(name, need) {
  const module = { exports: {} };
  new Function('module', 'exports', 'require', '__dirname', FETCHED[name])(
    module,
    module.exports,
    need,
    '',
  );
  return module.exports;
}

/** The compiler's own machine code, at once as Node would read it. */
function wasm() {
  const ask = new XMLHttpRequest();
  ask.open('GET', '/native/template-compiler.wasm', false);
  ask.overrideMimeType('text/plain; charset=x-user-defined');
  ask.send();
  return Uint8Array.from(ask.responseText, (letter) => letter.charCodeAt(0) & 255);
}

const NODE = {
  util: { TextDecoder, TextEncoder },
  path: { join: (...all) => all.pop() },
  fs: { readFileSync: wasm },
};
const glassEasel = commonJs('glass-easel.js', () => ({}));
const adapter = commonJs('adapter.js', () => glassEasel);
const compiler = commonJs('template-compiler.js', (name) => NODE[name]);

const HTML = {
  view: 'div',
  'cover-view': 'div',
  'scroll-view': 'div',
  text: 'span',
  image: 'img',
  navigator: 'a',
  'movable-area': 'div',
  picker: 'div',
  form: 'form',
  block: 'block',
};
const KINDS = { digit: 'decimal', number: 'numeric', idcard: 'text', text: 'text' };

/** A template with the tags and attributes of HTML. */
function asHtml(wxml) {
  return (
    wxml
      .replace(/<(\/?)([a-z][\w-]*)/g, (all, slash, tag) => '<' + slash + (HTML[tag] || tag))
      .replace(
        /(<input[^>]*?)\stype="(\w+)"/g,
        (all, before, kind) => before + ' inputmode="' + KINDS[kind] + '"',
      )
      // For an element of HTML only the form with a colon is an event; the other stays to be seen.
      .replace(/\s(bind|catch)(\w+)="(\w+)"/g, ' $1:$2="$3" $1$2="$3"')
      .replace(/\sid="([^"]*)"/g, ' id="$1" of-id="$1"') // glass-easel keeps ids to itself
      .replace(/\saria-role=/g, ' role=')
      .replace(
        /\saria-(checked|pressed|selected|expanded|hidden|disabled)="\{\{(.*?)\}\}"/g,
        (all, name, said) => ' aria-' + name + '="{{(' + said + ") ? 'true' : 'false'}}\"",
      )
      .replace(/(<img(?:(?!\/?>)[\s\S])*?)\saria-label=/g, '$1 alt=')
  );
}

/** What the compiler says against a template: sentences, none when it is right. */
function complaintsOf(path, wxml) {
  const group = new compiler.TmplGroup();
  try {
    return (group.addTmpl(path, wxml) || []).map((one) => {
      const said = one.message || String(one);
      return path + (one.start_line !== undefined ? ':' + (one.start_line + 1) : '') + ' ' + said;
    });
  } finally {
    group.free();
  }
}

function groupsOf(texts) {
  const group = new compiler.TmplGroup();
  Object.keys(texts)
    .filter((path) => /\.wxml$/.test(path))
    .forEach((path) => {
      group.addTmpl(path.replace(/\.wxml$/, ''), asHtml(texts[path]));
    });
  return new Function('return ' + group.getTmplGenObjectGroups())();
}

/** WXSS as CSS: rpx is a part of 750 of the screen's width, `page` is the page's root. */
function asCss(wxss) {
  return wxss
    .replace(/(-?[\d.]+)rpx/g, (all, n) => (n * window.innerWidth) / 750 + 'px')
    .replace(/@import[^;]*;/g, '')
    .replace(/(^|[\s,{}>])page(?=[\s,{.:\[])/g, '$1body');
}

// How WeChat dresses its built-in components before anybody's style sheet.
const BUILT_IN = `
  * { -webkit-tap-highlight-color: transparent; }
  body { margin: 0; font-family: system-ui, sans-serif; }
  div { display: block }
  img { display: inline-block; width: 320px; height: 240px; object-fit: fill }
  img[mode=aspectFill] { object-fit: cover } img[mode=aspectFit] { object-fit: contain }
  img[mode=widthFix] { height: auto }
  span { white-space: pre-line } [hidden] { display: none !important }
  button { display: block; margin: 0 auto; padding: 0 14px; border: 0; border-radius: 5px;
    font: inherit; font-size: 18px; line-height: 2.5556; color: #000; background: #f8f8f8; }
  input, textarea { border: 0; padding: 0; font: inherit; background: none; display: block; }
  textarea { width: 300px; height: 150px; resize: none } canvas { width: 300px; height: 150px }
`;

function makeDrawing(weixinOf) {
  const groups = groupsOf(TEXTS);
  const env = new adapter.MiniProgramEnv();
  const space = env.createCodeSpace('', true);
  const screen = new glassEasel.CurrentWindowBackendContext();
  screen.onEvent((target, type, detail, how) => {
    target.triggerEvent(type, detail, how);
  });
  const backend = env.associateBackend(screen);
  const style = document.createElement('style');
  document.head.appendChild(style);
  let drawn = null; // {page, component, root}
  const pictures = {};

  let touched = null; // the field that was last written into
  ['input', 'change', 'blur', 'focus'].forEach((type) =>
    document.addEventListener(
      type,
      (event) => {
        touched = event.target;
      },
      true,
    ),
  );

  const detailOf = (event) => {
    if (/^(input|change|blur|focus|confirm)$/.test(event.type) && touched) {
      return { value: touched.value, cursor: touched.value.length };
    }
    return event.detail;
  };

  /** A page's methods as a component's: they call the page as WeChat would. */
  function methodsOf(page) {
    const methods = {};
    const ours = (name) =>
      typeof page[name] === 'function' && !/^(setData|createSelectorQuery)$/.test(name);
    Object.keys(page)
      .filter(ours)
      .forEach((name) => {
        methods[name] = (event) =>
          weixinOf().call(page, name, {
            type: event.type,
            detail: detailOf(event),
            timeStamp: event.timeStamp,
            target: { id: event.target.id, dataset: event.target.dataset },
            currentTarget: { id: event.currentTarget.id, dataset: event.currentTarget.dataset },
            touches: event.touches || (event.detail && event.detail.touches) || [],
            changedTouches:
              event.changedTouches || (event.detail && event.detail.changedTouches) || [],
            mark: {},
          });
      });
    return methods;
  }

  /** What HTML does not do by itself: root size, pictures of the phone, values of fields. */
  function dress() {
    const meta = document.querySelector('page-meta');
    document.documentElement.style.fontSize =
      (meta && meta.getAttribute('root-font-size')) || '16px';
    const pageStyle = meta && meta.getAttribute('page-style');
    document.body.setAttribute('style', pageStyle || '');
    document.querySelectorAll('img').forEach((img) => {
      const src = img.getAttribute('src') || '';
      const bytes = src.indexOf('wxfile:') === 0 && disk.files[src];
      if (!bytes) return;
      if (!pictures[src])
        pictures[src] = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
      img.src = pictures[src];
    });
    document.querySelectorAll('input, textarea').forEach((field) => {
      const value = field.getAttribute('value');
      if (value !== null && field !== document.activeElement) field.value = value;
    });
  }

  const boxOf = (element) => {
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    return { left, top, right, bottom, width, height };
  };
  const select = (selector) =>
    Array.from(document.querySelectorAll(selector.replace(/#([\w-]+)/g, '[of-id="$1"]'))).map(
      (element) => {
        if (element.tagName === 'CANVAS')
          element.requestAnimationFrame = (work) => requestAnimationFrame(work);
        return { id: element.id, dataset: element.dataset, box: boxOf(element), node: element };
      },
    );

  function draw(page) {
    if (!drawn || drawn.page !== page) {
      if (drawn) drawn.root.release();
      const name = page.is + '_' + page.pageId;
      space.addCompiledTemplate(name, { groupList: groups, content: groups[page.is] });
      space
        .component(name)
        .definition({ data: page.data, methods: methodsOf(page) })
        .register();
      const root = backend.createRoot('body', space, name);
      style.textContent = [
        BUILT_IN,
        asCss(STYLES['app.wxss'] || ''),
        asCss(STYLES[page.is + '.wxss'] || ''),
      ].join('\n');
      const place = document.createElement('div');
      document.body.replaceChildren(place);
      root.attach(document.body, place);
      drawn = { page, root };
      window.scrollTo(0, 0);
    } else drawn.root.getComponent().setData(page.data);
    dress();
  }

  return { draw, select };
}

/** hostHttp of world.js over the browser's own net, at once as QuickJS has it. */
function hostHttp(text) {
  const { method, path, headers, hex } = JSON.parse(text);
  const ask = new XMLHttpRequest();
  ask.open(method, path, false);
  ask.overrideMimeType('text/plain; charset=x-user-defined');
  Object.keys(headers).forEach((name) => ask.setRequestHeader(name, headers[name]));
  ask.send(hex ? new Uint8Array(bytesOfHex(hex)) : null);
  const out = {};
  ask
    .getAllResponseHeaders()
    .split('\r\n')
    .filter(Boolean)
    .forEach((line) => {
      const [name, ...value] = line.split(': ');
      out[name] = value.join(': ');
    });
  const body = Array.from(ask.responseText, (letter) => HEX[letter.charCodeAt(0) & 255]).join('');
  return JSON.stringify({ status: ask.status, headers: out, hex: body });
}

/** The phone, begun: `world`, `disk`, `hand` and `weixin` for the tests to reach. */
function beginDrawn(nowMs) {
  window.world = makeWorld();
  world.wall_ms = nowMs;
  window.disk = newDisk();
  window.hand = newHand();
  const drawing = makeDrawing(() => weixin);
  window.weixin = makeWeixin(world, disk, hand, drawing);
  const began = performance.now();
  setInterval(() => {
    const now = performance.now() - began;
    while (world.step(now)) {
      /* what is due */
    }
    world.steady_ms = Math.max(world.steady_ms, now);
  }, 5);
}
