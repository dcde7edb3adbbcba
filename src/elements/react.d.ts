/**
 * The elements in TSX: tags, attributes, properties, events and refs, for the types of React 18 and 19.
 *
 * @example
 * import type {} from 'countersign/elements/react'
 *
 * <two-factor-challenge challenge={answer} ontwo-factor-signed-in={() => location.assign('/')} />
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { CountersignTags } from './index.js'

/** React 19 listens to the event whose name follows `on`. */
type Listeners<Events> = {
  [Name in keyof Events & string as `on${Name}`]?: ((event: Events[Name]) => void) | undefined
}

type TagProps<Tag extends { element: HTMLElement; props: object; events: object }> = Tag['props'] &
  Listeners<Tag['events']> &
  Omit<DetailedHTMLProps<HTMLAttributes<Tag['element']>, Tag['element']>, keyof Tag['props']> & {
    class?: string | undefined
  }

export type CountersignJsxElements = { [Name in keyof CountersignTags]: TagProps<CountersignTags[Name]> }

declare module 'react' {
  // biome-ignore lint/style/noNamespace: it is React's, and can only be extended like this
  namespace JSX {
    interface IntrinsicElements extends CountersignJsxElements {}
  }
}
