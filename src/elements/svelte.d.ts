/**
 * The elements in Svelte's markup, for svelte-check: tags, attributes, properties and events.
 *
 * @example
 * import type {} from 'countersign/elements/svelte'
 *
 * <two-factor-challenge challenge={answer} ontwo-factor-signed-in={leave} />
 */
import type { HTMLAttributes } from 'svelte/elements'
import type { CountersignTags } from './index.js'

/** `onname={…}` in Svelte 5, `on:name={…}` in Svelte 4. */
type Listeners<Events> = {
  [Name in keyof Events & string as `on${Name}` | `on:${Name}`]?: ((event: Events[Name]) => void) | undefined
}

type TagAttributes<Tag extends { element: HTMLElement; props: object; events: object }> = Tag['props'] &
  Listeners<Tag['events']> &
  Omit<HTMLAttributes<Tag['element']>, keyof Tag['props']>

export type CountersignSvelteElements = { [Name in keyof CountersignTags]: TagAttributes<CountersignTags[Name]> }

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends CountersignSvelteElements {}
}
