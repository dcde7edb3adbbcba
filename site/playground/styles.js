export const STYLES = `
.play { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; display: grid; grid-template-columns: minmax(0, 1fr) 300px; gap: 24px 40px; align-items: start; }
.play header, .play .tip { grid-column: 1 / -1; }
.play h1 { font-size: 34px; font-weight: 700; letter-spacing: -.02em; line-height: 1.2; }
.play iframe { display: block; width: 100%; height: clamp(520px, 80vh, 720px); border: 0; background: var(--vp-c-bg); }
.play header p { color: var(--vp-c-text-2); margin-top: 6px; }
.play .tip { padding: 12px 16px; border-radius: 12px; background: var(--vp-c-brand-soft); }
.play .app { border: 1px solid var(--vp-c-divider); border-radius: 16px; overflow: hidden; background: var(--vp-c-bg); box-shadow: 0 12px 40px rgb(0 0 0 / .08); }
.play .bar { display: flex; align-items: center; gap: 7px; padding: 10px 16px; background: var(--vp-c-bg-soft); border-bottom: 1px solid var(--vp-c-divider); min-height: 49px; }
.play .bar i { width: 11px; height: 11px; border-radius: 50%; background: var(--vp-c-gray-1); }
.play .bar span { margin-inline: 12px auto; font-size: 13px; color: var(--vp-c-text-2); }
.play .phone button { background: var(--vp-c-brand-3); color: #fff; border-radius: 10px; padding: 10px; font-weight: 600; }
.play .phone { position: sticky; top: 88px; border-radius: 44px; padding: 10px; background: #16181d; box-shadow: 0 24px 60px rgb(0 0 0 / .25); }
.play .screen { border-radius: 35px; min-height: 520px; padding: 14px 20px 24px; background: linear-gradient(170deg, #f7f9ff, #e9edfb); color: #1b1f2a; display: flex; flex-direction: column; gap: 16px; }
.dark .play .screen { background: linear-gradient(170deg, #262a38, #191c26); color: #f2f4fa; }
.play .notch { width: 92px; height: 24px; border-radius: 14px; background: #16181d; margin: 0 auto; }
.play .screen h2 { font-size: 22px; font-weight: 700; }
.play ul { flex: 1; list-style: none; padding: 0; margin: 0; }
.play li { display: flex; justify-content: space-between; align-items: center; padding: 14px 16px; border-radius: 18px; background: rgb(255 255 255 / .85); }
.dark .play li { background: rgb(255 255 255 / .08); }
.play output { display: block; font: 600 30px/1.3 ui-monospace, monospace; letter-spacing: .02em; }
.play .phone svg { width: 34px; transform: rotate(-90deg); fill: none; stroke-width: 4; stroke: rgb(128 128 128 / .25); }
.play .phone .left { stroke: #4c63d9; stroke-dasharray: var(--left) 1; stroke-linecap: round; }
.dark .play .phone .left { stroke: #93a4ff; }
.play .late .left { stroke: #d64545; }
@media (max-width: 860px) { .play { grid-template-columns: minmax(0, 1fr); } .play .phone { position: static; max-width: 300px; margin: 0 auto; } .play .screen { min-height: 320px; } }
`
