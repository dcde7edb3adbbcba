import { css } from './css.ts'

export const dialog: string = css`
  dialog {
    width: 30rem;
    max-width: calc(100vw - 2rem);
    max-height: calc(100dvh - 3rem);
    padding: 0;
    border: 1px solid var(--line);
    border-radius: calc(var(--radius) + 0.25rem);
    background: var(--surface);
    color: var(--text);
    box-shadow: var(--shadow-high);
    overflow: hidden;
  }

  dialog[open] {
    display: flex;
    flex-direction: column;
  }

  dialog.wide {
    width: 45rem;
  }

  dialog::backdrop {
    background: light-dark(rgb(22 28 45 / 45%), rgb(0 0 0 / 65%));
  }

  dialog > header {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: space-between;
    gap: 0.75rem;
    min-height: 3.75rem;
    padding-block: 1rem 0;
    padding-inline: 1.5rem 0.875rem;
  }

  dialog h2 {
    font-size: 1.1875rem;
  }

  dialog > .body {
    padding: 0.75rem 1.5rem 1.5rem;
    overflow-y: auto;
  }

  @media (max-width: 40rem) {
    dialog,
    dialog.wide {
      width: 100vw;
      max-width: none;
      max-height: calc(100dvh - 1rem);
      margin-block-end: 0;
      border-width: 1px 0 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }

    dialog > header {
      padding-inline: 1.125rem 0.5rem;
    }

    dialog > .body {
      padding: 0.625rem 1.125rem calc(1.125rem + env(safe-area-inset-bottom));
    }
  }
`
