// How Teams dresses Adaptive Cards: its sizes and colours in both themes, for the renderer Microsoft publishes.

const COLOURS = {
  light: {
    page: '#ffffff',
    text: '#242424',
    quiet: '#616161',
    good: '#237b4b',
    warning: '#835c00',
    attention: '#c4314b',
    accent: '#5b5fc7',
    line: '#d1d1d1',
  },
  dark: {
    page: '#292929',
    text: '#ffffff',
    quiet: '#adadad',
    good: '#92c353',
    warning: '#f2c661',
    attention: '#f9526b',
    accent: '#7f85f5',
    line: '#5c5c5c',
  },
}

const FONT = '"Segoe UI", "Liberation Sans", "Noto Sans", "Noto Color Emoji", sans-serif'
const SIZES = { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 }
const WEIGHTS = { lighter: 200, default: 400, bolder: 600 }

/** @param {'light' | 'dark'} theme */
export function teamsHostConfig(theme) {
  const { page, text, quiet, good, warning, attention, accent, line } = COLOURS[theme]
  const colour = (/** @type {string} */ value) => ({ default: value, subtle: quiet })
  const foregroundColors = {
    default: colour(text),
    dark: colour(text),
    light: colour(quiet),
    accent: colour(accent),
    good: colour(good),
    warning: colour(warning),
    attention: colour(attention),
  }
  const style = { backgroundColor: page, foregroundColors }
  return {
    fontFamily: FONT,
    fontTypes: {
      default: { fontFamily: FONT, fontSizes: SIZES, fontWeights: WEIGHTS },
      monospace: { fontFamily: '"Liberation Mono", monospace', fontSizes: SIZES, fontWeights: WEIGHTS },
    },
    fontSizes: SIZES,
    fontWeights: WEIGHTS,
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: line },
    containerStyles: { default: style, emphasis: style },
    supportsInteractivity: true,
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    inputs: { label: { requiredInputs: { weight: 'bolder' } } },
    table: { cellSpacing: 6 },
  }
}

/** @param {'light' | 'dark'} theme */
export function teamsStyle(theme) {
  const { page, text, attention, accent, line } = COLOURS[theme]
  return `
    body { margin: 0; background: ${page}; }
    #card { box-sizing: border-box; background: ${page}; color: ${text}; border: 1px solid ${line}; border-radius: 4px; }
    .ac-pushButton { border: 1px solid ${line}; border-radius: 4px; background: ${page}; color: ${text}; padding: 5px 12px;
      font: 600 14px/20px "Segoe UI", "Liberation Sans", sans-serif; white-space: normal; }
    .ac-pushButton.style-positive { background: ${accent}; color: #ffffff; border-color: ${accent}; }
    .ac-pushButton.style-destructive { color: ${attention}; }
    textarea { box-sizing: border-box; width: 100%; min-height: 64px; background: ${page}; color: ${text};
      border: 1px solid ${line}; }`
}
