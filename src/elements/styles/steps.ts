import { css } from './css.ts'

export const steps: string = css`
  .page {
    gap: 0.875rem;
    max-width: 27.5rem;
    margin-inline: auto;
    padding: 1.75rem;
  }

  .finished {
    align-items: center;
  }

  .page h2 {
    font-size: 1.25rem;
  }

  .place {
    margin-block-end: -0.5rem;
    font-size: 0.875rem;
  }

  .page.wide {
    max-width: 47.5rem;
  }

  .body {
    container-type: inline-size;
  }

  .scan {
    display: grid;
    grid-template-columns: 15.625rem minmax(0, 1fr);
    gap: 1.75rem;
    padding-block-end: 1.25rem;
    border-block-end: 1px solid var(--line);
  }

  .scan-picture,
  .scan-typed {
    display: grid;
    align-content: start;
    gap: 0.75rem;
  }

  .scan p,
  .scan-typed p,
  .scan-picture p {
    color: var(--muted);
  }

  .qr {
    width: 15.625rem;
    max-width: 100%;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: #fff;
  }

  a.button {
    text-decoration: none;
  }

  .facts > div {
    display: grid;
    grid-template-columns: 5.25rem minmax(0, 1fr);
    gap: 0.75rem;
    padding-block: 0.625rem;
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
    gap: 0.5rem;
    font-weight: 500;
    overflow-wrap: anywhere;
  }

  .secret {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 0.625rem;
    font-size: 0.9375rem;
  }

  .scan + form .field-box {
    max-width: 18.75rem;
  }

  .recovery-codes {
    display: grid;
    gap: 0.875rem;
    max-width: 30rem;
  }

  .code-list {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.375rem 1.25rem;
    padding: 1rem 1.125rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
  }

  .code-list li {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 0.5rem;
  }

  .code-list code {
    font-size: 0.9375rem;
    white-space: nowrap;
  }

  .used {
    color: var(--muted);
  }

  .used small {
    font-size: 0.75rem;
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }

  .shown-token {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
    padding: 0.875rem 1rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
  }

  .shown-token code {
    flex: 1 1 12.5rem;
    overflow-wrap: anywhere;
  }

  @media (max-width: 40rem) {
    .page {
      padding: 1.375rem 1.125rem;
    }
  }

  @container (max-width: 35rem) {
    .scan {
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
    }

    .scan-picture {
      justify-items: center;
      text-align: center;
    }

    .facts > div {
      padding-block: 0.375rem;
    }

    .scan + form .field-box {
      max-width: none;
    }
  }

  @container (max-width: 25rem) {
    .code-list {
      grid-template-columns: minmax(0, 1fr);
    }

    .body .actions > .button,
    form .actions > .button {
      flex: 1 1 auto;
    }
  }
`
