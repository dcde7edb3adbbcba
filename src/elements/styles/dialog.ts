import { type CSSResult, css } from 'lit'

export const dialog: CSSResult = css`
  dialog {
    width: 480px;
    max-width: calc(100vw - 32px);
    max-height: calc(100dvh - 48px);
    padding: 0;
    border: 1px solid var(--line);
    border-radius: calc(var(--radius) + 4px);
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
    width: 720px;
  }

  dialog::backdrop {
    background: light-dark(rgb(22 28 45 / 45%), rgb(0 0 0 / 65%));
  }

  dialog > header {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    min-height: 60px;
    padding-block: 16px 0;
    padding-inline: 24px 14px;
  }

  dialog h2 {
    font-size: 19px;
  }

  dialog > .body {
    padding: 12px 24px 24px;
    overflow-y: auto;
  }

  @media (max-width: 640px) {
    dialog,
    dialog.wide {
      width: 100vw;
      max-width: none;
      max-height: calc(100dvh - 16px);
      margin-block-end: 0;
      border-width: 1px 0 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }

    dialog > header {
      padding-inline: 18px 8px;
    }

    dialog > .body {
      padding: 10px 18px calc(18px + env(safe-area-inset-bottom));
    }
  }
`
