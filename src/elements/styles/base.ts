import { css } from './css.ts'

export const base: string = css`
  :host {
    display: block;
    inline-size: 100%;
    color: var(--text);
    font-size: 0.9375rem;
    line-height: 1.55;
    text-align: start;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  h2,
  h3,
  p,
  dl,
  dd,
  ol,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  h2 {
    font-size: 1.0625rem;
    font-weight: 650;
    line-height: 1.4;
  }

  h3 {
    color: var(--muted);
    font-size: 0.8125rem;
    font-weight: 600;
  }

  strong {
    font-weight: 600;
  }

  code {
    font-family: var(--mono);
    font-size: 0.95em;
  }

  ol {
    list-style: none;
  }

  a {
    color: var(--accent);
  }

  .muted {
    color: var(--muted);
  }

  .warn {
    color: var(--warn);
  }

  .icon {
    flex: none;
    width: 1.25rem;
    height: 1.25rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.7;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .off-screen {
    position: absolute;
    width: 1px;
    height: 1px;
    border: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  [tabindex='-1']:focus {
    outline: none;
  }

  .notice {
    padding: 0.625rem 0.875rem;
    border: 1px solid var(--warn-line);
    border-radius: var(--radius-small);
    background: var(--warn-soft);
    color: var(--warn);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.875rem;
  }

  .notice > p {
    flex: 1 1 15rem;
  }

  .notices {
    display: grid;
    gap: 0.625rem;
  }

  .notices:not(:has(*)) {
    display: none;
  }

  .notice.good {
    border-color: transparent;
    background: var(--good-soft);
    color: var(--good);
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(8px);
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise 0.18s ease-out;
    }

    .spinner {
      animation: turn 0.8s linear infinite;
    }

    .button {
      transition: 0.13s;
      transition-property: background, border-color;
    }
  }
`
