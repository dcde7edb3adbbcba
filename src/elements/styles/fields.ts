import { type CSSResult, css } from 'lit'

export const fields: CSSResult = css`
  form,
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 18px;
  }

  form .actions {
    margin-block-start: 4px;
  }

  .field {
    display: grid;
    justify-items: start;
    gap: 6px;
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
    min-height: 44px;
    padding: 8px 13px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-size: 16px;
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
    padding-inline-end: 38px;
    appearance: none;
  }

  .select::after {
    position: absolute;
    inset-block-start: 15px;
    inset-inline-end: 17px;
    width: 8px;
    height: 8px;
    border: solid var(--muted);
    border-width: 0 2px 2px 0;
    transform: rotate(45deg);
    pointer-events: none;
    content: '';
  }

  input.with-button {
    padding-inline-end: 48px;
  }

  .in-field {
    position: absolute;
    inset-block-start: 2px;
    inset-inline-end: 3px;
  }

  input.code {
    font-family: var(--mono);
    font-size: 20px;
    letter-spacing: 0.1em;
  }

  input.code::placeholder {
    color: light-dark(#9aa2b1, #596375);
  }

  .checks {
    display: flex;
    flex-wrap: wrap;
    gap: 0 22px;
  }

  .hint {
    color: var(--muted);
    font-size: 14px;
  }

  .problem {
    display: flex;
    gap: 7px;
    color: var(--bad);
    font-size: 14px;
    font-weight: 500;
  }

  .problem:empty {
    display: none;
  }

  .problem .icon {
    width: 17px;
    height: 17px;
    margin-block-start: 2px;
  }
`
