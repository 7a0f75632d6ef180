// Block Kit as Slack lays it out, as far as a billing bot uses it: written from Slack's documentation of blocks, rich text
// and markup, and sharing nothing with the bot. A block it does not know is an error: nobody would miss it otherwise.

const THEMES = {
  light: {
    page: '#ffffff',
    text: '#1d1c1d',
    quiet: '#616061',
    line: '#dddddd',
    code: '#c01343',
    box: '#f8f8f8',
  },
  dark: {
    page: '#1a1d21',
    text: '#d1d2d3',
    quiet: '#ababad',
    line: '#3b3d40',
    code: '#e8912d',
    box: '#222529',
  },
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}

/**
 * Slack's markup of plain messages and `mrkdwn`: three characters come escaped, and angle brackets call somebody.
 * @param {string} text
 */
function markup(text) {
  const marked = escaped(text)
    .replace(/&#38;(lt|gt|amp);/g, '&$1;')
    .replace(/&#60;(.+?)&#62;/g, '<a class="live">$1</a>')
    .replace(/(^|\s)\*([^*\n]+)\*(?=\s|$|[.,;:!?])/g, '$1<b>$2</b>')
    .replace(/(^|\s)_([^_\n]+)_(?=\s|$|[.,;:!?])/g, '$1<i>$2</i>')
    .replace(/(^|\s)~([^~\n]+)~(?=\s|$|[.,;:!?])/g, '$1<s>$2</s>')
    .replace(/`([^`\n]+)`/g, '<code>$1</code>')
  return marked.replaceAll('\n', '<br>')
}

/** @param {{ type: string, text: string }} object */
function textObject({ type, text }) {
  return type === 'mrkdwn' ? markup(text) : escaped(text).replaceAll('\n', '<br>')
}

/** @param {any} element */
function inline(element) {
  if (element.type === 'emoji') return `:${escaped(element.name)}:`
  if (element.type !== 'text') return `<a class="live">${escaped(JSON.stringify(element))}</a>`
  const { bold, italic, strike, code } = element.style ?? {}
  let html = escaped(element.text).replaceAll('\n', '<br>')
  if (code) html = `<code>${html}</code>`
  if (bold) html = `<b>${html}</b>`
  if (italic) html = `<i>${html}</i>`
  return strike ? `<s>${html}</s>` : html
}

/** @param {any} element */
function rich(element) {
  const inner = () => element.elements.map(inline).join('')
  switch (element.type) {
    case 'rich_text_section':
      return `<div>${inner()}</div>`
    case 'rich_text_list':
      return `<ul>${element.elements.map((/** @type {any} */ item) => `<li>${item.elements.map(inline).join('')}</li>`).join('')}</ul>`
    case 'rich_text_quote':
      return `<blockquote>${inner()}</blockquote>`
    case 'rich_text_preformatted':
      return `<pre>${inner()}</pre>`
    default:
      throw new Error(`rich text of an unknown kind: ${element.type}`)
  }
}

/** @param {any} block */
function table({ rows, column_settings: settings = [] }) {
  const cell = (/** @type {any} */ value, /** @type {number} */ column, /** @type {string} */ tag) => {
    const { align = 'left', is_wrapped: wraps = false } = settings[column] ?? {}
    const inner = value.type === 'raw_text' ? escaped(value.text) : value.elements.map(rich).join('')
    return `<${tag} style="text-align:${align};white-space:${wraps ? 'normal' : 'nowrap'}">${inner}</${tag}>`
  }
  const line = (/** @type {any[]} */ row, /** @type {number} */ index) =>
    `<tr>${row.map((value, column) => cell(value, column, index === 0 ? 'th' : 'td')).join('')}</tr>`
  return `<div class="scrolls"><table>${rows.map(line).join('')}</table></div>`
}

/** @param {any} element */
function button({ type, text, style = 'default', url }) {
  if (type !== 'button') throw new Error(`an unknown element among buttons: ${type}`)
  return `<span role="button" class="button ${style}"${url ? ' data-link' : ''}>${textObject(text)}</span>`
}

const SERIES = ['#3b7dd8', '#e8912d', '#2bac76', '#9a4fc7', '#c01343', '#616061']

/**
 * Groups of bars, one group for each place of the axis; what is below zero hangs from the line of zero.
 * @param {any} block
 */
function chartHtml({ title, chart }) {
  if (chart.type !== 'bar') throw new Error(`a chart of an unknown kind: ${chart.type}`)
  const { series, axis_config: axis } = chart
  const values = series.flatMap((/** @type {any} */ one) =>
    one.data.map((/** @type {any} */ point) => point.value),
  )
  const [most, least] = [Math.max(0, ...values), Math.min(0, ...values)]
  const [width, height, foot] = [560, 160, 20]
  const scale = height / (most - least || 1)
  const group = width / axis.categories.length
  const bar = (group * 0.8) / series.length
  const bars = series.flatMap((/** @type {any} */ one, /** @type {number} */ number) =>
    one.data.map((/** @type {any} */ point, /** @type {number} */ place) => {
      const top = (most - Math.max(0, point.value)) * scale
      const left = place * group + group * 0.1 + number * bar
      return `<rect x="${left}" y="${top}" width="${bar}" height="${Math.abs(point.value) * scale}" fill="${SERIES[number]}"/>`
    }),
  )
  const names = axis.categories.map(
    (/** @type {string} */ name, /** @type {number} */ place) =>
      `<text x="${(place + 0.5) * group}" y="${height + 14}" text-anchor="middle">${escaped(name)}</text>`,
  )
  const zero = `<line x1="0" x2="${width}" y1="${most * scale}" y2="${most * scale}"/>`
  const legend = series.map(
    (/** @type {any} */ one, /** @type {number} */ number) =>
      `<span style="color:${SERIES[number]}">■</span> ${escaped(one.name)}`,
  )
  const drawing = `<svg viewBox="0 0 ${width} ${height + foot}">${bars.join('')}${zero}${names.join('')}</svg>`
  return `<div class="chart"><b>${escaped(title)}</b>${drawing}<div class="context">${legend.join(' ')}</div></div>`
}

/** @param {any} block */
function blockHtml(block) {
  switch (block.type) {
    case 'header':
      return `<div class="header">${textObject(block.text)}</div>`
    case 'section': {
      const fields = (block.fields ?? []).map((/** @type {any} */ field) => `<div>${textObject(field)}</div>`)
      return `<div>${block.text ? textObject(block.text) : ''}<div class="fields">${fields.join('')}</div></div>`
    }
    case 'context':
      return `<div class="context">${block.elements.map(textObject).join(' ')}</div>`
    case 'divider':
      return '<hr>'
    case 'rich_text':
      return block.elements.map(rich).join('')
    case 'table':
      return table(block)
    case 'data_visualization':
      return chartHtml(block)
    case 'actions':
      return `<div class="actions">${block.elements.map(button).join('')}</div>`
    case 'input':
      return `<div><b>${textObject(block.label)}</b><div class="field"></div></div>`
    default:
      throw new Error(`a block of an unknown kind: ${block.type}`)
  }
}

/**
 * What Slack asks before it sends a click, or a window with a title, a body and two buttons.
 * @param {{ title: any, html: string, yes: any, no: any, style?: string }} dialog
 */
function dialogHtml({ title, html, yes, no, style = 'primary' }) {
  const buttons = [button({ type: 'button', text: no }), button({ type: 'button', text: yes, style })]
  return `<div class="dialog"><div class="header">${textObject(title)}</div>${html}<div class="actions end">${buttons.join('')}</div></div>`
}

/**
 * A message, a dialog of confirmation (`confirm`) or a window (`view`) as the inside of a page.
 * @param {any} payload
 */
export function slackHtml(payload) {
  if (payload.confirm !== undefined) {
    const { title, text, confirm, deny, style } = payload.confirm
    return dialogHtml({ title, html: `<div>${textObject(text)}</div>`, yes: confirm, no: deny, style })
  }
  if (payload.view !== undefined) {
    const { title, blocks, submit, close } = payload.view
    return dialogHtml({ title, html: blocks.map(blockHtml).join(''), yes: submit, no: close })
  }
  return payload.blocks
    .map((/** @type {any} */ block) => `<div class="block">${blockHtml(block)}</div>`)
    .join('')
}

/**
 * @param {'light' | 'dark'} theme
 */
export function slackStyle(theme) {
  const { page, text, quiet, line, code, box } = THEMES[theme]
  return `
    body { margin: 0; background: ${page}; }
    #card { box-sizing: border-box; padding: 12px 16px; background: ${page}; color: ${text};
      font: 15px/22px Lato, "Liberation Sans", "Noto Sans", "Noto Color Emoji", sans-serif; overflow-wrap: anywhere; }
    .block { margin: 0 0 8px; }
    .header { font-weight: 900; font-size: 18px; line-height: 24px; }
    .context { font-size: 13px; line-height: 18px; color: ${quiet}; }
    .chart { border: 1px solid ${line}; border-radius: 8px; padding: 8px 12px; }
    .chart svg { display: block; width: 100%; } .chart line { stroke: ${quiet}; }
    .chart text { font-size: 9px; fill: ${quiet}; }
    .fields { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 12px; }
    .scrolls { overflow-x: auto; }
    ul { margin: 0; padding-left: 28px; } li { margin: 0; }
    code { font: 12px/18px "Liberation Mono", monospace; color: ${code}; border: 1px solid ${line}; border-radius: 3px;
      padding: 1px 3px; background: ${box}; }
    table { border-collapse: collapse; } th, td { border: 1px solid ${line}; padding: 6px 10px; vertical-align: top; }
    th { font-weight: 700; background: ${box}; }
    .actions { display: flex; flex-wrap: wrap; gap: 8px; } .end { justify-content: flex-end; margin-top: 16px; }
    .button { box-sizing: border-box; border: 1px solid ${line}; border-radius: 4px; padding: 3px 11px; font-weight: 700;
      font-size: 13px; }
    .primary { background: #007a5a; color: #ffffff; border-color: #007a5a; }
    .danger { background: #e01e5a; color: #ffffff; border-color: #e01e5a; }
    .field { border: 1px solid ${line}; border-radius: 4px; height: 80px; }
    .dialog { border: 1px solid ${line}; border-radius: 8px; padding: 20px; } .live { color: red; }
    hr { border: 0; border-top: 1px solid ${line}; }`
}
