"""The style sheet of the page."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--dim:#5c6b7a;--line:#d8dee6;--paper:#fff;--training:#3567b5;--test:#d9822b}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--dim:#9aa8b7;--line:#364252;--paper:#14191f;--training:#7aa7e8;--test:#f0a860}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
main{max-width:46rem;margin:auto;padding:1rem}
h1{font-size:1.4rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin-top:2rem}
li,footer,p{overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .25rem;text-align:right;vertical-align:top;border-bottom:1px solid var(--line)}
th[scope]{width:100%;text-align:start;font-weight:inherit;overflow-wrap:anywhere}
thead th{white-space:nowrap;color:var(--dim);font-weight:inherit;font-size:.85rem}
.bar{display:flex;height:.5rem;margin-top:.25rem}
i.training{background:var(--training)}
i.test{background:var(--test)}
.key::before{content:"";display:inline-block;width:.6em;height:.6em;margin-inline-end:.3em}
.key.training::before{background:var(--training)}
.key.test::before{background:var(--test)}
.timeline{display:flex}
.timeline svg{flex:none;width:4rem;overflow:visible}
.timeline ol{flex:1;min-width:0;margin:0;padding:0;list-style:none}
.timeline li{height:3rem;line-height:1.35;white-space:nowrap;overflow:hidden}
.timeline small{display:block;color:var(--dim)}
.time{position:relative;height:.25rem;background:var(--line)}
.time i{position:absolute;height:100%;min-width:2px;background:var(--training)}
svg path{fill:none;stroke:var(--dim);stroke-width:1.5}
svg .back{stroke:var(--test)}
svg circle{fill:var(--training)}
svg text{fill:var(--dim);font-size:11px}
footer{margin-top:2rem;color:var(--dim);font-size:.85rem}
a{color:inherit}
"""
