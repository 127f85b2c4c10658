// Runs the mini program without WeChat: Page, App, setData, the stack of pages and the taps of a
// thumb, on world.js, fake_wx.js and wxml.js. It has no components of its own, so none are known.
//
// Python gives `SCRIPTS` {path: maker}, `TEXTS` {path: content} of *.wxml and *.json, all below
// miniapp/, and drives `weixin`. `drawing` draws instead of wxml.js where it is given (drawn.js).

function makeWeixin(world, disk, hand, drawing) {
  const json = (path) => (TEXTS[path] ? JSON.parse(TEXTS[path]) : null);
  const config = json('app.json');
  const trees = {};
  const treeOf = (path) => trees[path] || (trees[path] = parseWxml(TEXTS[path], path));
  const joined = (base, path) => {
    if (path[0] === '/') return path.slice(1);
    const parts = base.split('/').slice(0, -1);
    path.split('/').forEach((part) => {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    });
    return parts.join('/');
  };
  const file = (base, src) => treeOf(joined(base, src));
  const weixin = { world, disk, hand, stack: [] };
  let life = null; // what belongs to one run of the program

  // ---- data -----------------------------------------------------------------------------------

  /** setData carries JSON to another thread: anything else is a fault, as in WeChat. */
  function carried(value, key) {
    const check = (each, path) => {
      if (each === undefined || typeof each === 'function' || typeof each === 'symbol') {
        throw new Error('setData of ' + typeof each + ' at ' + path);
      }
      if (each instanceof ArrayBuffer || each instanceof Promise)
        throw new Error('setData at ' + path);
      if (each && typeof each === 'object')
        Object.keys(each).forEach((k) => check(each[k], path + '.' + k));
    };
    check(value, key);
    const text = JSON.stringify(value);
    if (text.length > 1024 * 1024) throw new Error('setData of more than 1 MB at ' + key);
    return JSON.parse(text);
  }
  function putAt(data, path, value) {
    const steps = path.replace(/\[(\d+)\]/g, '.$1').split('.');
    let at = data;
    steps.slice(0, -1).forEach((step, i) => {
      if (at[step] === undefined || at[step] === null)
        at[step] = /^\d+$/.test(steps[i + 1]) ? [] : {};
      at = at[step];
    });
    at[steps[steps.length - 1]] = value;
  }
  function setData(one, changes, done) {
    if (one.gone) return;
    Object.keys(changes).forEach((key) => putAt(one.data, key, carried(changes[key], key)));
    world.later(life.run, () => {
      draw();
      if (done) done.call(one);
    });
  }

  // ---- pages ----------------------------------------------------------------------------------

  function instance(definition, is) {
    const one = Object.assign({}, definition);
    one.is = is;
    one.data = JSON.parse(JSON.stringify(definition.data || {}));
    one.setData = (changes, done) => setData(one, changes, done);
    one.createSelectorQuery = () => selectorQuery();
    return one;
  }

  /** Everything the page on top shows, made anew. */
  function draw() {
    const page = weixin.page();
    if (!page || page.gone) return;
    if (drawing) drawing.draw(page);
    else page.shown = shownOf(treeOf(page.is + '.wxml'), page, file);
  }

  // ---- finding and touching -------------------------------------------------------------------

  function all(nodes) {
    return [].concat(...nodes.map((node) => [node].concat(all(node.kids))));
  }
  const selectorQuery = makeLooking({
    world,
    drawing,
    runOf: () => life.run,
    nodes: () => weixin.nodes(),
  });

  function eventOf(type, target, current, detail) {
    const of = (node) => ({ id: node.attrs.id || '', dataset: node.data });
    const touch = { identifier: 0, x: 0, y: 0, clientX: 0, clientY: 0, pageX: 0, pageY: 0 };
    const touches = detail && detail.touches ? detail.touches : [touch];
    return {
      type,
      detail: detail || {},
      timeStamp: world.steady_ms,
      target: of(target),
      currentTarget: of(current),
      touches,
      changedTouches: touches,
      mark: {},
    };
  }
  function callOn(node, name, event) {
    const { owner } = node;
    if (typeof owner[name] !== 'function') throw new Error(owner.is + ' has no handler ' + name);
    careful(owner, name, event);
  }
  function bubble(node, type, event) {
    for (let at = node; at; at = at.parent) {
      const heard = at.events && at.events[type];
      if (heard) {
        callOn(
          at,
          heard.name,
          Object.assign({}, event, {
            currentTarget: { id: at.attrs.id || '', dataset: at.data },
          }),
        );
        if (heard.stops) return;
      }
    }
  }
  /** A node as a finger meets it: disabled ones answer nothing. */
  weixin.touch = (node, type, detail) => {
    for (let at = node; at; at = at.parent)
      if (at.attrs.disabled === true && at.tag === 'button') return;
    world.tapped = type === 'tap';
    try {
      bubble(node, type, eventOf(type, node, node, detail));
    } finally {
      world.tapped = false; // what comes later was not the tap
    }
  };
  weixin.nodes = () => {
    const page = weixin.stack[weixin.stack.length - 1];
    return page && page.shown ? all(page.shown) : [];
  };
  weixin.words = () => {
    const page = weixin.stack[weixin.stack.length - 1];
    return page && page.shown ? wordsOf(page.shown) : '';
  };
  weixin.page = () => weixin.stack[weixin.stack.length - 1];
  /** What can be tapped: the innermost nodes that hear a tap, with their words. */
  weixin.tappable = () =>
    weixin
      .nodes()
      .filter((node) => node.events && node.events.tap)
      .map((node) => ({ node, words: wordsOf([node]).replace(/\n/g, ' ') }));
  /** The first node that hears a tap and says this. */
  weixin.saying = (words) => {
    const list = weixin.tappable();
    const found =
      list.filter((one) => one.words === words)[0] ||
      list.filter((one) => one.words.indexOf(words) >= 0).pop();
    if (!found) {
      const there = list.map((one) => one.words).join(' | ');
      throw new Error('nothing to tap says ' + words + '; there is: ' + there);
    }
    return found.node;
  };
  /** The field with this label, placeholder, id or name. */
  weixin.field = (name) => {
    const names = ({ attrs }) => [attrs['aria-label'], attrs.placeholder, attrs.id, attrs.name];
    const isField = (node) => /^(input|textarea|picker)$/.test(node.tag);
    const found = weixin.nodes().filter((node) => isField(node) && names(node).includes(name));
    if (!found[0]) throw new Error('no field ' + name);
    return found[0];
  };

  // ---- navigation and life --------------------------------------------------------------------

  function load(path) {
    const before = life.loading;
    life.loading = path;
    life.need(path);
    life.loading = before;
  }
  function parsed(url, base) {
    const [path, query] = url.split('?');
    const options = {};
    (query || '')
      .split('&')
      .filter(Boolean)
      .forEach((pair) => {
        const [key, value] = pair.split('=');
        options[key] = value === undefined ? '' : value; // WeChat leaves decoding to the page
      });
    return { route: joined(base || '', path), options };
  }
  const tabs = () => ((config.tabBar || {}).list || []).map((one) => one.pagePath);
  function shows(page) {
    page.visible = true;
    if (page.onShow) careful(page, 'onShow');
  }
  function hides(page) {
    if (!page || !page.visible) return;
    page.visible = false;
    if (page.onHide) careful(page, 'onHide');
  }
  function leaves(page) {
    page.visible = false;
    if (page.onUnload) careful(page, 'onUnload');
    page.gone = true;
  }
  function careful(one, name, ...args) {
    const said = one[name](...args);
    if (said && said.then) {
      const { run } = life;
      said.then(null, (error) => {
        if (run === world.run && !(error && error.killed)) {
          world.faults.push(one.is + '.' + name + ': ' + error + '\n' + (error && error.stack));
        }
      });
    }
  }
  function opens(url, base) {
    const { route, options } = parsed(url, base);
    if (config.pages.indexOf(route) < 0) throw new Error('no page ' + route);
    if (!life.pages[route]) load(route);
    if (!life.pages[route]) throw new Error(route + '.js calls no Page');
    const page = instance(life.pages[route], route);
    page.route = route;
    page.options = options;
    page.pageId = weixin.opened = (weixin.opened || 0) + 1;
    weixin.stack.push(page);
    if (page.onLoad) careful(page, 'onLoad', options);
    shows(page);
    draw();
    if (page.onReady) careful(page, 'onReady');
    draw();
    return page;
  }
  function navigation() {
    const { offer } = life;
    const here = () => weixin.stack.length && weixin.stack[weixin.stack.length - 1].route;
    const go = (name, work) =>
      offer(name, (o, ok, no) => {
        const page = o.url ? parsed(o.url, here()).route : null;
        if (page && config.pages.indexOf(page) < 0) {
          no('page "' + page + '" is not found');
          return;
        }
        const isTab = page && tabs().indexOf(page) >= 0;
        if (isTab && (name === 'navigateTo' || name === 'redirectTo')) {
          no('can not ' + name + ' a tabbar page');
          return;
        }
        if (name === 'switchTab' && !isTab) {
          no('can not switch to no-tabBar page');
          return;
        }
        if (name === 'navigateTo' && weixin.stack.length >= 10) {
          no('webview count limit exceed');
          return;
        }
        world.later(life.run, () => {
          work(o);
          ok({});
        });
      });
    go('navigateTo', (o) => {
      hides(weixin.page());
      opens(o.url, here());
    });
    go('redirectTo', (o) => {
      const base = here();
      leaves(weixin.stack.pop());
      opens(o.url, base);
    });
    const whole = (o) => {
      const base = here();
      weixin.stack.splice(0).reverse().forEach(leaves);
      opens(o.url, base);
    };
    go('reLaunch', whole);
    go('switchTab', whole);
    go('navigateBack', (o) => {
      const steps = Math.min(o.delta || 1, weixin.stack.length - 1);
      if (!steps) return;
      weixin.stack
        .splice(weixin.stack.length - steps)
        .reverse()
        .forEach(leaves);
      shows(weixin.page());
      draw();
    });
    offer('exitMiniProgram', (o, ok) => ok({}));
  }

  /** The program starts: cold, whatever was before. `url` is where a scanned code leads. */
  weixin.launch = (url) => {
    world.die();
    weixin.stack = [];
    const { run } = world;
    const { route, options } = parsed(url || config.entryPagePath || config.pages[0]);
    const launched = { path: route, query: options, scene: url ? 1011 : 1001 };
    const made = makeWx({ world, disk, hand, run, launched });
    life = {
      run,
      offer: made.offer,
      told: made.told,
      pages: {},
      modules: {},
      app: null,
      loading: null,
    };
    const wx = made.wx;
    wx.createSelectorQuery = selectorQuery;
    navigation();
    const phoneDate = dateBy(world.wall);
    const given = {
      wx,
      Page: (definition) => {
        life.pages[life.loading] = definition;
      },
      App: (definition) => {
        life.app = definition;
      },
      getApp: () => life.app,
      getCurrentPages: () => weixin.stack.slice(),
      setTimeout: (work, ms) => world.later(run, work, ms),
      clearTimeout: world.forget,
      setInterval: (work, ms) => {
        const handle = { id: 0 };
        const again = () => {
          work();
          handle.id = world.later(run, again, ms);
        };
        handle.id = world.later(run, again, ms);
        return handle;
      },
      clearInterval: (handle) => handle && world.forget(handle.id),
      Date: phoneDate,
      console: {
        log: () => {},
        info: () => {},
        warn: () => {},
        debug: () => {},
        error: (...said) => world.faults.push(said.map(String).join(' ')),
      },
    };
    const needed = (path) => {
      if (!life.modules[path]) {
        if (!SCRIPTS[path]) throw new Error('module ' + path + ' is not defined');
        life.modules[path] = {};
        Object.assign(life.modules[path], SCRIPTS[path](needed, given));
      }
      return life.modules[path];
    };
    life.need = needed;
    needed('app');
    if (!life.app) throw new Error('app.js calls no App');
    life.app.is = 'app';
    if (life.app.onLaunch) careful(life.app, 'onLaunch', launched);
    if (life.app.onShow) careful(life.app, 'onShow', launched);
    opens(url || route);
  };
  weixin.need = (path) => life.need(path);
  /** One page by itself, on top of nothing. */
  weixin.open = (url) => {
    weixin.stack.splice(0).reverse().forEach(leaves);
    opens(url);
  };
  weixin.hide = () => {
    hides(weixin.page());
    if (life.app.onHide) careful(life.app, 'onHide', {});
    life.told.hide();
  };
  weixin.show = () => {
    const options = { path: weixin.page().route, query: {}, scene: 1001 };
    life.told.show(options);
    if (life.app.onShow) careful(life.app, 'onShow', options);
    shows(weixin.page());
  };
  weixin.kill = () => {
    world.die();
    weixin.stack = [];
  };
  weixin.wifi = (on) => {
    world.net.off = !on;
    if (life && life.run === world.run) life.told.net();
  };
  weixin.wall = world.wall;
  weixin.draw = draw;
  weixin.call = careful;
  return weixin;
}
