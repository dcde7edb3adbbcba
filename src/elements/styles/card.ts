import { css } from './css.ts'

export const card: string = css`
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.5rem;
    container-type: inline-size;
    padding: 1.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
  }

  .head {
    display: flex;
    gap: 1rem;
  }

  .head > div {
    display: grid;
    gap: 0.25rem;
    align-content: start;
  }

  .head h2,
  .row-words strong {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 0.5rem;
  }

  .badge {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.75rem;
    height: 2.75rem;
    border-radius: 0.75rem;
    background: var(--hover);
    color: var(--muted);
  }

  .badge.on {
    background: var(--good-soft);
    color: var(--good);
  }

  .badge .icon {
    width: 1.5rem;
    height: 1.5rem;
  }

  .indented {
    padding-inline-start: 3.75rem;
  }

  .foot {
    padding-block-start: 1.25rem;
    border-block-start: 1px solid var(--line);
  }

  .group {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.625rem;
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
    gap: 0.625rem 0.875rem;
    padding: 0.75rem 0.875rem;
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
    flex: 1 1 13.75rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .row-words > span {
    font-size: 0.875rem;
  }

  .row-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }

  .changes li {
    display: flex;
    align-items: center;
    gap: 0.375rem 0.75rem;
    padding-block: 0.5625rem;
    border-block-start: 1px solid var(--line);
  }

  .changes li:first-child {
    border: 0;
  }

  .changes li > span {
    flex: 1;
  }

  .changes .icon {
    width: 1.0625rem;
    height: 1.0625rem;
    color: var(--muted);
  }

  .changes time {
    text-align: end;
  }

  .changes :is(time, small) {
    font-size: 0.875rem;
  }

  .changes small {
    display: block;
    overflow-wrap: anywhere;
  }

  @container (max-width: 35rem) {
    .indented {
      padding-inline-start: 0;
    }

    .card > .actions > .button {
      width: 100%;
    }

    .row-actions {
      width: 100%;
      padding-inline-start: 2.125rem;
    }
  }

  @media (max-width: 40rem) {
    .card {
      padding: 1.125rem 1rem;
    }
  }
`
