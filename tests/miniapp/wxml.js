// Templates without a screen: WXML as a tree, and a tree of what would be shown for some data.
//
// What is shown is of nodes {tag, attrs, events, data, text, kids, owner}; glass-easel, which is
// WeChat's own, draws the same templates in Chromium (test_drawn.py). This one needs no Node.

const GIVEN = String.raw`[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?`; // one attribute
const TAG = new RegExp(
  String.raw`<!--[\s\S]*?-->|</([\w-]+)\s*>|<([\w-]+)((?:\s+${GIVEN})*)\s*(/?)>`,
  'g',
);
const ATTR = /([\w:@.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;
const ENTITIES = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&nbsp;': '\u00a0' };
const plain = (text) => text.replace(/&(lt|gt|amp|quot|nbsp);/g, (all) => ENTITIES[all]);

function parseWxml(source, name) {
  const root = { tag: '#root', attrs: {}, kids: [] };
  const stack = [root];
  let at = 0;
  const text = (until) => {
    const between = source.slice(at, until);
    if (between.trim())
      stack[stack.length - 1].kids.push({ tag: '#text', text: plain(between.trim()) });
  };
  TAG.lastIndex = 0;
  for (let m = TAG.exec(source); m; m = TAG.exec(source)) {
    text(m.index);
    at = TAG.lastIndex;
    if (m[1]) {
      const open = stack.pop();
      if (open.tag !== m[1])
        throw new Error(name + ': </' + m[1] + '> closes <' + open.tag + '>');
    } else if (m[2]) {
      const node = { tag: m[2], attrs: {}, kids: [] };
      (m[3] || '').replace(ATTR, (all, key, a, b) => {
        node.attrs[key] = a !== undefined ? a : b;
        return '';
      });
      stack[stack.length - 1].kids.push(node);
      if (!m[4]) stack.push(node);
    }
  }
  text(source.length);
  if (stack.length > 1) throw new Error(name + ': <' + stack.pop().tag + '> is never closed');
  return root;
}

const compiled = {};
/** An expression between {{ }} with WXML's forgiving names: what is not there is undefined. */
function valueOf(expression, scope, wrapped) {
  const key = (wrapped ? 'o' : 'e') + expression;
  if (!compiled[key]) {
    const body = wrapped ? '({' + expression + '})' : '(' + expression + ')';
    compiled[key] = new Function('scope', 'with (scope) { return ' + body + '; }');
  }
  const names = new Proxy(scope, {
    has: (target, name) => name !== Symbol.unscopables,
    get: (target, name) => target[name],
  });
  try {
    return compiled[key](names);
  } catch (error) {
    if (error instanceof TypeError) return undefined; // a.b of nothing is nothing in WXML
    throw new Error('{{' + expression + '}}: ' + error);
  }
}

function filled(text, scope) {
  if (text === undefined) return true;
  const whole = /^\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text);
  if (whole) return valueOf(whole[1], scope);
  return text.replace(/\{\{(.*?)\}\}/gs, (all, expression) => {
    const value = valueOf(expression, scope);
    return value === undefined || value === null ? '' : String(value);
  });
}

/** dataset of data-some-name="…": WeChat turns hyphens into humps. */
const humps = (name) =>
  name.toLowerCase().replace(/-(\w)/g, (all, letter) => letter.toUpperCase());

/**
 * What a template shows. `owner` is the page whose `data` it reads and whose methods its events
 * call; `file(base, path)` gives another template's tree.
 */
function shownOf(tree, owner, file) {
  const templates = {};
  const collect = (node, base) =>
    node.kids.forEach((kid) => {
      if (kid.tag === 'template' && kid.attrs.name) templates[kid.attrs.name] = kid;
      if (kid.tag === 'import') collect(file(base, kid.attrs.src), base);
    });
  collect(tree, owner.is);

  function many(kids, scope) {
    const out = [];
    let chosen = null; // of a chain of wx:if, whether one was shown
    kids.forEach((kid) => {
      if (kid.tag === '#text') {
        chosen = null;
        out.push({ tag: '#text', text: String(filled(kid.text, scope)), kids: [], owner });
        return;
      }
      const { attrs } = kid;
      if ('wx:for' in attrs && !kid.unrolled) {
        chosen = null;
        const list = filled(attrs['wx:for'], scope);
        const each = Object.assign({}, kid, { unrolled: true });
        const items =
          typeof list === 'number' ? Array.from({ length: list }, (_, n) => n) : list || [];
        Object.keys(items).forEach((index) => {
          const item = items[index];
          const inner = Object.assign(Object.create(scope), {
            [attrs['wx:for-item'] || 'item']: item,
            [attrs['wx:for-index'] || 'index']: Array.isArray(items) ? +index : index,
          });
          out.push.apply(out, many([each], inner));
        });
        return;
      }
      if ('wx:if' in attrs) chosen = Boolean(filled(attrs['wx:if'], scope));
      else if ('wx:elif' in attrs || 'wx:else' in attrs) {
        if (chosen === null) throw new Error(owner.is + ': wx:else without wx:if before it');
        if (chosen) return;
        chosen = 'wx:else' in attrs || Boolean(filled(attrs['wx:elif'], scope));
      } else chosen = null;
      if (('wx:if' in attrs || 'wx:elif' in attrs) && !chosen) return;
      out.push.apply(out, one(kid, scope));
    });
    return out;
  }

  function one(kid, scope) {
    const { attrs, tag } = kid;
    if (tag === 'block') return many(kid.kids, scope);
    if (tag === 'import' || tag === 'wxs') return [];
    if (tag === 'include') return many(file(owner.is, attrs.src).kids, scope);
    if (tag === 'template') {
      if (attrs.name) return [];
      const name = filled(attrs.is, scope);
      if (!templates[name]) throw new Error(owner.is + ': no template ' + name);
      const given = /^\{\{([\s\S]*)\}\}$/.exec(attrs.data || '{{}}');
      return many(templates[name].kids, Object(valueOf(given[1], scope, true)));
    }
    const node = { tag, attrs: {}, events: {}, data: {}, kids: [], owner };
    Object.keys(attrs).forEach((key) => {
      const event = /^(capture-)?(bind|catch|mut-bind):?(\w+)$/.exec(key);
      if (event)
        node.events[event[3]] = { name: filled(attrs[key], scope), stops: event[2] === 'catch' };
      else if (key.indexOf('data-') === 0)
        node.data[humps(key.slice(5))] = filled(attrs[key], scope);
      else if (key.indexOf('wx:') !== 0) node.attrs[key] = filled(attrs[key], scope);
    });
    node.kids = many(kid.kids, scope);
    node.kids.forEach((each) => {
      each.parent = node;
    });
    return [node];
  }

  return many(tree.kids, Object.assign(Object.create(null), owner.data));
}

/** All words shown in some nodes, a line each. */
function wordsOf(nodes) {
  const said = [];
  const walk = (node) => {
    if (node.tag === '#text') {
      if (node.text.trim()) said.push(node.text.trim());
    } else {
      if (node.attrs.hidden === true) return;
      ['placeholder', 'aria-label'].forEach((key) => {
        if (typeof node.attrs[key] === 'string' && node.attrs[key]) said.push(node.attrs[key]);
      });
      if (/^(input|textarea)$/.test(node.tag) && node.attrs.value)
        said.push(String(node.attrs.value));
      node.kids.forEach(walk);
    }
  };
  nodes.forEach(walk);
  return said.join('\n');
}
