import { css } from './css.ts'

/** Comes last: these override the other styles. */
export const forcedColors: string = css`
  @media (forced-colors: active) {
    .pill,
    .badge,
    .icon-button {
      border: 1px solid;
    }

    .link {
      text-decoration: underline;
    }

    .button:hover,
    .primary,
    .danger {
      border-color: Highlight;
    }

    .qr,
    .spinner {
      forced-color-adjust: none;
    }
  }
`
