// The simulator's streams seen through CCXT's watchOHLCV: its bars are those of fetchOHLCV.  node streams.mjs PROGRAM
import ccxt from 'ccxt';
import { STEP, difference } from './candles.mjs';
import { Report, client, expect, startSimulator } from './harness.mjs';

const [program] = process.argv.slice (2);
const report = new Report ();
const bars = 8;
const simulator = await startSimulator (program, ['--synthetic', '11', '--exchange', 'binance', '--speed', '60']);
// CCXT takes a message for one of spot where the address has "/stream" in it, as the real host's has.
const socketBase = prefix => simulator.base.replace ('http://', prefix === '/spot' ? 'ws://stream@' : 'ws://') + '/binance' + prefix;

/** A CCXT client of streams whose market lists and sockets are the simulator's. */
function watcher (prefix) {
    const exchange = new ccxt.pro.binance ({ enableRateLimit: false });
    exchange.getHttpAgentIfNeeded = () => undefined; // ws:// without a proxy, whatever the environment says
    const plain = client ('binance', simulator.base);
    for (const key of Object.keys (plain.urls.api))
        if (typeof plain.urls.api[key] === 'string')
            exchange.urls.api[key] = plain.urls.api[key];
    for (const [key, url] of Object.entries (exchange.urls.api.ws))
        if (typeof url === 'string')
            exchange.urls.api.ws[key] = url.replace (/^wss:\/\/[^/]+/, socketBase (prefix));
    return { exchange, plain };
}

for (const [symbol, prefix] of [['BTC/USDT', '/spot'], ['BTC/USDT:USDT', '/linear']]) {
    await report.check (`binance ${symbol}: watchOHLCV`, async () => {
        const { exchange, plain } = watcher (prefix);
        const seen = new Map ();
        while (seen.size < bars + 2)
            for (const bar of await exchange.watchOHLCV (symbol, '1m'))
                seen.set (bar[0], bar);
        await exchange.close ();
        const closed = [...seen.values ()].sort ((a, b) => a[0] - b[0]).slice (0, -1);
        const truth = await plain.fetchOHLCV (symbol, '1m', closed[0][0], closed.length);
        expect (closed.every ((bar, i) => bar[0] === closed[0][0] + i * STEP['1m']), 'bars are missing');
        const differs = difference (closed, truth);
        expect (!differs, differs);
        return `${closed.length} bars`;
    });
}
await simulator.stop ();
report.end ();
