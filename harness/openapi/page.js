(async () => {
  const $ = (id) => document.getElementById(id);
  // el makes an element; children are elements, texts or lists of them.
  const el = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
    e.append(...children.flat(9).filter((c) => c != null && c !== ''));
    return e;
  };
  const input = $('filter'), articles = [...document.querySelectorAll('.group article')];
  const texts = new Map();
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const a of articles) {
      const hit = words.every((w) => texts.get(a).includes(w));
      n += hit;
      a.hidden = document.querySelector(`[data-for="${a.id}"]`).hidden = !hit;
    }
    for (const s of document.querySelectorAll('.group')) s.hidden = !s.querySelector('article:not([hidden])');
    for (const u of document.querySelectorAll('nav ul')) u.hidden = u.previousElementSibling.hidden = !u.querySelector('li:not([hidden])');
    $('intro').hidden = words.length > 0;
    $('schemas').hidden = words.length > 0 || !$('schemas').querySelector('article');
    $('found').textContent = words.length ? `${n} of ${articles.length} routes` : '';
  };
  const index = () => articles.forEach((a) => texts.set(a, a.textContent.toLowerCase()));
  const go = () => {
    const at = $(decodeURIComponent(location.hash.slice(1)));
    if (at && at.closest('[hidden]')) { input.value = ''; filter(); }
    if (at) at.scrollIntoView();
  };
  index();
  input.parentElement.hidden = false;
  input.addEventListener('input', filter);
  addEventListener('hashchange', go);
  addEventListener('keydown', (e) => {
    if (e.key === '/' && document.activeElement !== input) { e.preventDefault(); input.focus(); }
  });

  const reply = await fetch('/openapi.json');
  if (!reply.ok) return;
  const doc = await reply.json();
  const resolve = (v) => v.$ref ? { ...v.$ref.split('/').slice(1).reduce((o, k) => o[k], doc), ...v } : v;
  const code = (text) => el('code', null, String(text));
  const joined = (list, by) => list.flatMap((v, i) => i ? [by, v] : [v]);
  // kind says in a few words what a value may be.
  const kind = (s) => {
    if (s.$ref) { const name = s.$ref.split('/').pop(); return el('a', { href: '#' + name }, name); }
    if (s.anyOf) return joined(s.anyOf.map(kind), ' or ');
    const most = Number.MAX_SAFE_INTEGER;
    const bound = (low, high, of) => [low > -most ? `, from ${low}` : '', high < most ? `, up to ${high}` : '', low > -most || high < most ? of : ''];
    return [
      s.enum ? joined(s.enum.map(code), ' | ') : joined([s.type ?? 'anything'].flat().map((t) =>
        t === 'array' ? ['list of ', kind(s.items)] : t === 'object' && s.additionalProperties ? ['map to ', kind(s.additionalProperties)] : t), ' or '),
      s.format && !/int64|double/.test(s.format) ? ` (${s.format})` : '',
      bound(s.minimum, s.maximum, ''), bound(s.minLength, s.maxLength, ' characters'), bound(s.minItems, s.maxItems, ' entries'),
      s.default !== undefined ? [' = ', code(s.default)] : '',
    ];
  };
  const row = (name, required, what, about) => el('tr', null,
    el('th', { scope: 'row' }, code(name), required ? el('abbr', { title: 'required' }, ' *') : ''), el('td', null, what), el('td', null, about));
  const table = (rows) => el('table', null, el('tbody', null, rows));
  const shape = (schema) => {
    const s = resolve(schema);
    if (!s.properties) return el('p', null, kind(s));
    return table(Object.entries(s.properties).map(([k, v]) => row(k, (s.required || []).includes(k), kind(v), v.description)));
  };
  const body = (content) => Object.entries(content || {}).map(([type, m]) => type === 'application/json'
    ? [shape(m.schema), m.example ? el('pre', { tabindex: 0 }, code(JSON.stringify(m.example, null, 2))) : ''] : el('p', null, code(type)));
  $('intro').append(...joined(doc.info.description.split('\n\n'), el('br')));
  for (const path of Object.values(doc.paths)) {
    for (const op of Object.values(path)) {
      const at = $(op.operationId);
      if (!at) continue;
      const params = op.parameters.filter((p) => !p.$ref);
      if (params.length) at.append(el('h4', null, 'Parameters'), table(params.map((p) => row(p.name, p.required, [p.in, ': ', kind(p.schema)].flat(), p.description))));
      if (op.requestBody) at.append(el('h4', null, 'Request', op.requestBody.required ? '' : ', may be left out'), ...[body(op.requestBody.content)].flat(3).filter(Boolean));
      const failures = [];
      for (const [status, r] of Object.entries(op.responses)) {
        if (status >= 400) failures.push(row(status, false, r.$ref ? kind({ $ref: r.$ref + 'Error' }) : shape(r.content['application/json'].schema), resolve(r).description));
        else at.append(el('h4', null, status, r.content ? '' : ', no body'), ...[body(r.content)].flat(3).filter(Boolean));
      }
      at.append(el('details', null, el('summary', null, 'Errors'), table(failures)));
    }
  }
  for (const [name, s] of Object.entries(doc.components.schemas)) $('schemas').append(el('article', { id: name }, el('h3', null, code(name)), shape(s)));
  index();
  filter();
  go();
})();
