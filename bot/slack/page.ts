import type { ServerResponse } from 'node:http'

/** A page for somebody's browser: a title, some sentences, and where to go on. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly sentences: readonly string[]
  readonly link?: { readonly to: string; readonly words: string } | undefined
}

/** Nothing on it is loaded or run, and what came from outside stands there as text. */
export function answerPage(response: ServerResponse, { status, title, sentences, link }: Page): void {
  const words = sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`)
  const next =
    link === undefined ? [] : [`<p><a href="${escapeHtml(link.to)}">${escapeHtml(link.words)}</a></p>`]
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // Its own address holds the code: it goes nowhere else.
    'referrer-policy': 'no-referrer',
  })
  response.end(
    [
      '<!doctype html>',
      '<html lang="en">',
      `<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
      `<body><h1>${escapeHtml(title)}</h1>`,
      ...words,
      ...next,
      '</body></html>\n',
    ].join('\n'),
  )
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
