import { type CSSResult, css } from 'lit'

export const card: CSSResult = css`
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 24px;
    container-type: inline-size;
    padding: 24px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
  }

  .head {
    display: flex;
    gap: 16px;
  }

  .head > div {
    display: grid;
    gap: 4px;
    align-content: start;
  }

  .head h2,
  .row-words strong {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
  }

  .badge {
    display: grid;
    flex: none;
    place-items: center;
    width: 44px;
    height: 44px;
    border-radius: 12px;
    background: var(--hover);
    color: var(--muted);
  }

  .badge.on {
    background: var(--good-soft);
    color: var(--good);
  }

  .badge .icon {
    width: 24px;
    height: 24px;
  }

  .indented {
    padding-inline-start: 60px;
  }

  .foot {
    padding-block-start: 20px;
    border-block-start: 1px solid var(--line);
  }

  .group {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 10px;
  }

  .group-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px 14px;
    padding: 12px 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
  }

  .row-icon {
    display: grid;
    color: var(--muted);
  }

  .row-words {
    display: grid;
    flex: 1 1 220px;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .row-words > span {
    font-size: 14px;
  }

  .row-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .changes li {
    display: flex;
    align-items: center;
    gap: 6px 12px;
    padding-block: 9px;
    border-block-start: 1px solid var(--line);
  }

  .changes li:first-child {
    border: 0;
  }

  .changes li > span {
    flex: 1;
  }

  .changes .icon {
    width: 17px;
    height: 17px;
    color: var(--muted);
  }

  .changes time {
    font-size: 14px;
    text-align: end;
  }

  @container (max-width: 560px) {
    .indented {
      padding-inline-start: 0;
    }

    .card > .actions > .button {
      width: 100%;
    }

    .row-actions {
      width: 100%;
      padding-inline-start: 34px;
    }
  }

  @media (max-width: 640px) {
    .card {
      padding: 18px 16px;
    }
  }
`
