import { css } from './css.ts'

export const controls: string = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: 2.5rem;
    padding: 0.4375rem 1rem;
    border: 1px solid light-dark(#cfd4de, #3a4352);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }

  .button:hover:where(:not(.primary, .danger)) {
    background: var(--hover);
  }

  .primary:hover,
  .danger:hover {
    filter: brightness(0.87);
  }

  .primary {
    border-color: transparent;
    background: var(--accent-fill);
    color: var(--on-accent);
  }

  .danger {
    border-color: transparent;
    background: var(--bad-fill);
    color: #fff;
  }

  .small {
    min-height: 2.125rem;
    padding: 0.25rem 0.75rem;
    font-size: 0.875rem;
  }

  .quiet-danger {
    color: var(--bad);
  }

  .quiet-danger:hover {
    background: var(--bad-soft);
  }

  .button:disabled,
  .button.waiting {
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
    width: 1.0625rem;
    height: 1.0625rem;
  }

  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 2.5rem;
    height: 2.5rem;
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
    padding: 0.25rem 0;
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
    gap: 0.625rem;
  }

  .check {
    display: flex;
    align-items: center;
    gap: 0.625rem;
    min-height: 2rem;
    cursor: pointer;
  }

  .check input {
    flex: none;
    width: 1.125rem;
    height: 1.125rem;
    margin: 0;
    accent-color: var(--accent-fill);
  }

  .pill {
    display: inline-block;
    padding: 1px 0.625rem;
    border-radius: 0.75rem;
    font-size: 0.8125rem;
    font-weight: 600;
    line-height: 1.3125rem;
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
