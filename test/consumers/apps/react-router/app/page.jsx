import { defineElements } from 'countersign/elements'

defineElements()

export default function Page() {
  return <two-factor-settings />
}
