/** The styles of the page. Colours are variables, so that charts follow the colour scheme. */
export const styles = `
:root{--paper:#fff;--ink:#16191d;--soft:#59616b;--rule:#dde1e6;--wash:#f4f6f8;--teacher:#8b949e;--student:#1f5fbf;--band:#e8f0fc;--warn:#8a4b00;--warn-wash:#fff6e5}
@media (prefers-color-scheme:dark){:root{--paper:#131619;--ink:#e8eaed;--soft:#a0a8b1;--rule:#31373e;--wash:#1b1f24;--teacher:#79828c;--student:#7db0ff;--band:#1a2a42;--warn:#ffc46b;--warn-wash:#2b2110}}
@media (prefers-color-scheme:dark){.map img,.scale b{filter:brightness(1.55)}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:70rem;margin:0 auto;padding:2.5rem clamp(1rem,4vw,3rem) 4rem}
h1,h2,h3{line-height:1.2;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:2.25rem;letter-spacing:-.02em;margin:.25rem 0 .75rem}
h2{font-size:1.5rem;letter-spacing:-.01em;margin:0 0 .75rem}
h3{font-size:1.0625rem;margin:1.5rem 0 .75rem}
h3 small{font-weight:400;color:var(--soft);font-size:.875rem}
p{margin:0 0 1rem;max-width:46rem;overflow-wrap:anywhere;text-wrap:pretty}
section{border-top:1px solid var(--rule);margin-top:2.75rem;padding-top:1.75rem}
.kicker{color:var(--soft);font-size:.875rem;margin:0}
.verdict{font-size:1.25rem;line-height:1.45;max-width:46rem;text-wrap:balance}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
code{overflow-wrap:anywhere}
pre{background:var(--wash);border-radius:6px;padding:.875rem 1rem;margin:0 0 1rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
figure{margin:0}
figcaption,caption{color:var(--soft);font-size:.875rem;line-height:1.4}
figcaption{margin-top:.5rem;max-width:24rem}
.key{display:inline-block;margin-right:1rem;white-space:nowrap}
.key i{font-style:normal;color:var(--ink)}
.key .solid{color:var(--student)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:1.5rem;margin:2rem 0 0}
.figures>div{border-top:3px solid var(--student);padding-top:.625rem}
.figures>.bad{border-top:3px double var(--warn)}
.figures dt{font-size:.875rem;color:var(--soft)}
.figures dd{margin:0}
.figures b{font-size:1.75rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.figures dd>span{font-size:.875rem;white-space:nowrap}
.bad span{color:var(--warn);font-weight:600}
.figures small{display:block;overflow-wrap:anywhere;color:var(--soft);font-size:.8125rem;line-height:1.4}
.warnings{background:var(--warn-wash);border:0;border-left:4px solid var(--warn);padding:1rem 1.25rem;margin-top:2rem}
.warnings h2{font-size:1.0625rem;color:var(--warn);margin:0 0 .5rem}
.warnings ul{margin:0;padding-left:1.125rem;overflow-wrap:anywhere}
.number{display:inline-block;min-width:1.375rem;padding:0 .25rem;border-radius:.75rem;background:var(--student);color:var(--paper);font-size:.8125rem;line-height:1.375rem;text-align:center;font-weight:650}
.networks{display:grid;grid-template-columns:var(--left) minmax(0,1fr) clamp(1.75rem,5vw,4rem) minmax(0,1fr) var(--right);grid-template-rows:auto repeat(var(--rows),50px);max-width:52rem;margin:1.5rem 0 1rem}
.networks h3{margin:0 0 .75rem}
.networks h3 small{display:block}
h3.of-teacher,.layer.of-teacher{grid-column:2}
h3.of-student,.layer.of-student{grid-column:4}
.band{grid-column:1/-1;background:var(--band);border-radius:8px;margin:-1px 0 3px;display:flex;align-items:center;position:relative}
.band b{position:absolute;left:calc(var(--left) + (100% - var(--left) - var(--right))/2);transform:translateX(-50%);min-width:1.375rem;border-radius:.75rem;background:var(--student);color:var(--paper);font-size:.8125rem;line-height:1.375rem;text-align:center;font-weight:650}
.layer{position:relative;min-width:0;background:var(--paper);border:1px solid var(--rule);border-left:4px solid var(--teacher);border-radius:4px;padding:0 .5rem;margin:3px 4px 9px;line-height:1.25;overflow:hidden;display:flex;flex-direction:column;justify-content:center}
.layer strong{font-size:.875rem;font-weight:600;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
section>p:last-child{margin-bottom:0}
.layer small{font-size:.75rem;color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.layer em{position:absolute;top:.25rem;right:.5rem;font-style:normal;font-size:.75rem;color:var(--student);background:var(--paper);padding-left:.375rem}
.layer.fused,.layer.refitted{border-left-color:var(--student)}
.layer.of-student.fused{border:2px solid var(--student);border-left-width:6px}
.layer.refitted{border-left-style:double}
.layer.folded{border-style:dashed;border-left-style:solid}
.linked{overflow:visible}
.linked::after{content:"";position:absolute;left:1.25rem;bottom:-13px;height:12px;border-left:2px solid var(--soft)}
.gutter{display:block;position:relative}
.gutter.of-teacher{grid-column:1}
.gutter.of-student{grid-column:5}
.gutter path{fill:none;stroke:var(--soft);stroke-width:1.5}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem 3rem;align-items:start}
.chart{display:block;max-width:100%;height:auto;font-family:inherit}
.chart text{font-family:inherit}
table{border-collapse:collapse;font-size:.9375rem;line-height:1.4;min-width:min(100%,20rem)}
.scroll code{overflow-wrap:normal}
.scroll{overflow-x:auto;max-width:100%;margin-bottom:1.25rem}
caption{text-align:left;padding-bottom:.5rem;caption-side:top}
th,td{text-align:left;vertical-align:baseline;padding:.3125rem 1.25rem .3125rem 0;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-size:.8125rem;border-bottom:1px solid var(--soft);vertical-align:bottom}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.square{margin-bottom:1rem}
.long td{white-space:nowrap;font-size:.8125rem}
details{margin:1rem 0}
summary{cursor:pointer;color:var(--student);margin-bottom:.5rem}
.place{margin-bottom:2rem}
.map>div{display:flex;gap:.75rem;align-items:stretch;max-width:17rem;padding-top:1.125rem}
.map img{width:13.5rem;min-width:0;flex:0 1 auto;height:auto;image-rendering:pixelated;border:1px solid var(--rule)}
.scale{display:flex;flex-direction:column;justify-content:space-between;font-size:.8125rem;color:var(--soft);position:relative;padding-left:1.25rem}
.scale b{position:absolute;inset:0 auto 0 0;width:.75rem;background:linear-gradient(rgb(37 99 190),rgb(37 99 190/0));border:1px solid var(--rule)}
.scale i{font-style:normal;font-variant-numeric:tabular-nums}
.samples{list-style:none;margin:1.25rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1.75rem 2.5rem}
.samples li{display:flex;gap:1rem;align-items:flex-start;break-inside:avoid}
.samples img{width:6rem;height:auto;flex:none;image-rendering:pixelated;border:1px solid var(--rule);border-radius:3px}
.samples .chart{width:6rem;flex:none}
.samples div{flex:1;min-width:0}
.samples p{margin:0 0 .25rem;line-height:1.3}
.samples small{color:var(--soft);display:block;font-size:.8125rem}
.samples table{width:100%;min-width:0;font-size:.8125rem;table-layout:fixed}
.samples th,.samples td{padding:.125rem .375rem .125rem 0;overflow-wrap:anywhere}
.samples thead th{border-bottom-color:var(--rule)}
.samples td.n{padding:.125rem .25rem;width:4.5rem}
.shares td{background:linear-gradient(90deg,var(--band) var(--share),transparent var(--share))}
.chosen{font-weight:650}
.versions{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr));gap:.25rem 2rem;margin:0;font-size:.9375rem}
.versions>div{display:flex;justify-content:space-between;gap:1rem;border-bottom:1px solid var(--rule);padding:.25rem 0;overflow-wrap:anywhere}
.versions dt{color:var(--soft)}
.versions dd{margin:0;font-variant-numeric:tabular-nums}
@media (max-width:34rem){table{font-size:.875rem}th,td{padding-right:.625rem}thead .n{white-space:normal}.figures>:first-child{grid-column:1/-1}h1{font-size:1.75rem}.verdict{font-size:1.125rem}.figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:1.25rem 1rem}.figures>:not(:first-child) dd>span{display:block;white-space:normal}.layer em{display:none}.samples td.n,.samples th.n{width:3.75rem}}
@media print{
:root{font-size:12px;--paper:#fff;--ink:#000;--soft:#444;--rule:#bbb;--wash:#f4f6f8;--teacher:#8b949e;--student:#1f5fbf;--band:#e8f0fc;--warn:#8a4b00;--warn-wash:#fff}
*,.map img,.scale b{filter:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;padding:0}
p{orphans:3;widows:3}
.networks{zoom:.78}
.layer{break-inside:avoid}
.pair{gap:1.5rem 2rem}
.long{display:none}
section{break-before:auto;margin-top:1.5rem;padding-top:1rem}
h2,h3,section>h2+p,caption{break-after:avoid}
figure:not(.networks),tr,.place,pre,.figures>div{break-inside:avoid}
.scroll{overflow:visible}
summary{display:none}
.samples{grid-template-columns:1fr 1fr}
details::details-content{content-visibility:visible;block-size:auto}
}
@page{margin:14mm}
`;
