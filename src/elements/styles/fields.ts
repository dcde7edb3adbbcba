import { css } from './css.ts'

export const fields: string = css`
  form,
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.125rem;
  }

  form .actions {
    scroll-margin-block: 1rem;
    margin-block-start: 0.25rem;
  }

  .field {
    display: grid;
    justify-items: start;
    gap: 0.375rem;
    min-width: 0;
  }

  .field > label,
  legend {
    padding: 0;
    font-weight: 600;
  }

  .field-box {
    position: relative;
    width: 100%;
  }

  .field-box input,
  select {
    width: 100%;
    min-height: 2.75rem;
    padding: 0.5rem 0.8125rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-size: 1rem;
    /* With its error and the button beneath, above a phone's keyboard. */
    scroll-margin-block: 3rem 9rem;
  }

  .field-box input:focus,
  select:focus {
    border-color: var(--accent);
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }

  .field-box input[aria-invalid] {
    border-color: var(--bad);
  }

  .field-box input[aria-invalid]:focus {
    outline-color: var(--bad);
  }

  select {
    padding-inline-end: 2.375rem;
    appearance: none;
  }

  .select::after {
    position: absolute;
    inset-block-start: 0.9375rem;
    inset-inline-end: 1.0625rem;
    width: 0.5rem;
    height: 0.5rem;
    border: solid var(--muted);
    border-width: 0 2px 2px 0;
    transform: rotate(45deg);
    pointer-events: none;
    content: '';
  }

  input.with-button {
    padding-inline-end: 3rem;
  }

  .in-field {
    position: absolute;
    inset-block-start: 2px;
    inset-inline-end: 3px;
  }

  input.code {
    font-family: var(--mono);
    font-size: 1.25rem;
    letter-spacing: 0.1em;
  }

  /* Under its label, although it runs from left to right. */
  :host(:dir(rtl)) input.code {
    text-align: end;
  }

  input.code::placeholder {
    color: light-dark(#9aa2b1, #596375);
  }

  .checks {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.375rem;
  }

  .hint {
    color: var(--muted);
    font-size: 0.875rem;
  }

  .problem {
    display: flex;
    gap: 0.4375rem;
    color: var(--bad);
    font-size: 0.875rem;
    font-weight: 500;
  }

  .problem:empty {
    display: none;
  }

  .problem .icon {
    width: 1.0625rem;
    height: 1.0625rem;
    margin-block-start: 2px;
  }
`
