// What is looked at in the page itself. This function is sent into the browser: it uses nothing from outside of it.

/**
 * Everything that is wrong with the card in `#card`. Empty: nothing.
 * @param {{ shows: string[], buttons: string[], literal: string[] }} wanted
 */
export function looksWrong({ shows, buttons, literal }) {
  const root = /** @type {HTMLElement} */ (document.querySelector('#card'))
  const bounds = root.getBoundingClientRect()
  /** @type {string[]} */
  const wrong = []
  // Marks without width keep text from meaning something, or let it break: nobody sees them.
  const words = (/** @type {string} */ text) =>
    text
      .replace(/[\u200b\u2060]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  for (const element of root.querySelectorAll('*')) {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(element)
    const place = `<${element.tagName.toLowerCase()}> “${words(element.textContent ?? '').slice(0, 60)}”`
    const box = element.getBoundingClientRect()
    const inScroll = element.closest('.scrolls') !== null
    if (!inScroll && box.width > 0 && (box.right > bounds.right + 1 || box.left < bounds.left - 1))
      wrong.push(`${place} stands outside the card`)
    const scrolls = overflowX === 'auto' || overflowX === 'scroll'
    if (!inScroll && !scrolls && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
      wrong.push(`${place} is wider than its place`)
    if (overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 2)
      wrong.push(`${place} is cut below`)
    if (textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth)
      wrong.push(`${place} is cut`)
  }
  const text = words(root.innerText)
  for (const one of shows) if (!text.includes(words(one))) wrong.push(`“${one}” is not shown`)
  const pressable = [...root.querySelectorAll('button, [role=button]')].filter((element) => {
    const { width, height } = element.getBoundingClientRect()
    return width > 20 && height > 14
  })
  const titles = pressable.map((element) => words(element.textContent ?? ''))
  if (titles.join('|') !== buttons.join('|'))
    wrong.push(`the buttons are ${titles.join(', ')}, not ${buttons.join(', ')}`)
  const own = literal.reduce((rest, name) => rest.replaceAll(words(name), ''), text)
  const raw =
    /&(amp|lt|gt|quot|nbsp|#\d+);|\\u[0-9a-f]{4}|\\n|\[object |\bundefined\b|\bNaN\b|\*\*|\$\{/i.exec(own)
  if (raw !== null)
    wrong.push(`“${own.slice(Math.max(0, raw.index - 20), raw.index + 20)}” shows what nobody should see`)
  if (root.querySelector('.live, a[href], script, img') !== null)
    wrong.push('something in it is alive: a link, a mention, a picture')
  return wrong
}
