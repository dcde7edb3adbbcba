import { type CSSResult, css } from 'lit'

export const steps: CSSResult = css`
  .page {
    gap: 14px;
    max-width: 440px;
    margin-inline: auto;
    padding: 28px;
  }

  .finished {
    align-items: center;
  }

  .page h2 {
    font-size: 20px;
  }

  .page.wide {
    max-width: 760px;
  }

  .body {
    container-type: inline-size;
  }

  .scan {
    display: grid;
    grid-template-columns: 250px minmax(0, 1fr);
    gap: 28px;
    padding-block-end: 20px;
    border-block-end: 1px solid var(--line);
  }

  .scan-picture,
  .scan-typed {
    display: grid;
    align-content: start;
    gap: 12px;
  }

  .scan p {
    color: var(--muted);
  }

  .qr {
    width: 250px;
    max-width: 100%;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: #fff;
  }

  .scan-here {
    display: none;
    min-height: 32px;
  }

  @media (pointer: coarse) {
    .scan-here {
      display: block;
    }
  }

  .facts > div {
    display: grid;
    grid-template-columns: 84px minmax(0, 1fr);
    gap: 12px;
    padding-block: 10px;
    border-block-start: 1px solid var(--line);
  }

  .facts > div:first-child {
    border: 0;
  }

  .facts dt {
    color: var(--muted);
  }

  .facts dd {
    display: grid;
    justify-items: start;
    gap: 8px;
    font-weight: 500;
    overflow-wrap: anywhere;
  }

  .secret {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 10px;
    font-size: 15px;
  }

  .scan + form .field-box {
    max-width: 300px;
  }

  .recovery-codes {
    display: grid;
    gap: 14px;
    max-width: 480px;
  }

  .code-list {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 6px 20px;
    padding: 16px 18px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
  }

  .code-list li {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 8px;
  }

  .code-list code {
    font-size: 15px;
    white-space: nowrap;
  }

  .used {
    color: var(--muted);
  }

  .used small {
    font-size: 12px;
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .shown-token {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
    padding: 14px 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
  }

  .shown-token code {
    flex: 1 1 200px;
    overflow-wrap: anywhere;
  }

  @media (max-width: 640px) {
    .page {
      padding: 22px 18px;
    }
  }

  @container (max-width: 560px) {
    .scan {
      grid-template-columns: minmax(0, 1fr);
      gap: 20px;
    }

    .scan-picture {
      justify-items: center;
      text-align: center;
    }

    .facts > div {
      padding-block: 6px;
    }

    .scan + form .field-box {
      max-width: none;
    }
  }

  @container (max-width: 400px) {
    .code-list {
      grid-template-columns: minmax(0, 1fr);
    }

    .body .actions > .button,
    form .actions > .button {
      flex: 1 1 auto;
    }
  }
`
