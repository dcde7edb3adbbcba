import { type CSSResult, css } from 'lit'

export const controls: CSSResult = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 7px 16px;
    border: 1px solid light-dark(#cfd4de, #3a4352);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }

  .button:hover {
    background: var(--hover);
  }

  .primary {
    border-color: transparent;
    background: var(--accent-fill);
    color: var(--on-accent);
  }

  .primary:hover {
    background: color-mix(in srgb, var(--accent-fill) 86%, #000);
  }

  .danger {
    border-color: transparent;
    background: var(--bad-fill);
    color: #fff;
  }

  .danger:hover {
    background: color-mix(in srgb, var(--bad-fill) 86%, #000);
  }

  .small {
    min-height: 34px;
    padding: 4px 12px;
    font-size: 14px;
  }

  .quiet-danger {
    color: var(--bad);
  }

  .quiet-danger:hover {
    background: var(--bad-soft);
  }

  .button:disabled {
    border-color: var(--line);
    background: var(--hover);
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    cursor: not-allowed;
  }

  [aria-disabled='true'],
  [aria-busy='true'] :is(.link, .check, .in-field) {
    cursor: progress;
    opacity: 0.65;
  }

  .primary[aria-disabled='true'],
  .danger[aria-disabled='true'] {
    opacity: 1;
  }

  .spinner {
    flex: none;
    width: 1em;
    height: 1em;
    border: 2px solid;
    border-inline-end-color: transparent;
    border-radius: 50%;
  }

  .button .icon {
    width: 17px;
    height: 17px;
  }

  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 40px;
    height: 40px;
    padding: 0;
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    color: var(--muted);
    cursor: pointer;
  }

  .icon-button:hover {
    background: var(--hover);
    color: var(--text);
  }

  .link {
    padding: 4px 0;
    border: 0;
    background: none;
    color: var(--accent);
    font: inherit;
    font-weight: 500;
    text-align: start;
    text-underline-offset: 3px;
    cursor: pointer;
  }

  .link:hover {
    text-decoration: underline;
  }

  .link.quiet {
    justify-self: start;
    color: var(--muted);
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px;
  }

  .check {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 32px;
    cursor: pointer;
  }

  .check input {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--accent-fill);
  }

  .pill {
    display: inline-block;
    padding: 1px 10px;
    border-radius: 12px;
    font-size: 13px;
    font-weight: 600;
    line-height: 21px;
    letter-spacing: normal;
    white-space: nowrap;
  }

  .pill.good {
    background: var(--good-soft);
    color: var(--good);
  }

  .pill.warn {
    background: var(--warn-soft);
  }

  .pill.bad {
    background: var(--bad-soft);
    color: var(--bad);
  }

  .pill.plain {
    background: var(--hover);
    color: var(--muted);
  }
`
