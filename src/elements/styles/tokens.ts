import { css } from './css.ts'

/**
 * The colors and sizes, each of which the page can override. Light or dark follows the page's `color-scheme`, unless
 * the element has a `theme`.
 */
export const tokens: string = css`
  :host {
    --accent: var(--countersign-accent, light-dark(#2f50c8, #93acff));
    --accent-fill: var(--countersign-accent-fill, light-dark(#3457d5, #4263e0));
    --on-accent: var(--countersign-on-accent, #fff);
    --surface: var(--countersign-surface, light-dark(#fff, #161a22));
    --text: var(--countersign-text, light-dark(#161b26, #e9ecf2));
    --muted: var(--countersign-muted, light-dark(#586273, #9ca6b7));
    --line: var(--countersign-line, light-dark(#e2e5ec, #282f3b));
    --radius: var(--countersign-radius, 14px);
    --radius-small: calc(var(--radius) * 0.64);
    --mono: var(
      --countersign-mono,
      ui-monospace,
      'SF Mono',
      'Cascadia Mono',
      'Roboto Mono',
      'Noto Sans Mono',
      'Liberation Mono',
      Menlo,
      monospace
    );

    --sunken: light-dark(#f6f7fa, #10141b);
    --hover: light-dark(#eef0f5, #212733);
    --line-strong: light-dark(#868fa0, #6b7688);
    --good: light-dark(#0b6839, #74d8a4);
    --good-soft: light-dark(#e0f5e9, #122d1f);
    --warn: light-dark(#7d4b00, #f2c274);
    --warn-soft: light-dark(#fff3dc, #2f2510);
    --warn-line: light-dark(#f0d9a8, #57431b);
    --bad: light-dark(#b0241c, #ff9f96);
    --bad-soft: light-dark(#fdebe9, #371a18);
    --bad-fill: light-dark(#bd2a21, #c23a31);
    --shadow: 0 1px 2px light-dark(rgb(20 30 60 / 5%), rgb(0 0 0 / 30%));
    --shadow-high: 0 24px 64px light-dark(rgb(20 30 60 / 22%), rgb(0 0 0 / 60%));
  }

  :host([theme='light']) {
    color-scheme: light;
  }

  :host([theme='dark']) {
    color-scheme: dark;
  }

  :host([theme='auto']) {
    color-scheme: light dark;
  }
`
