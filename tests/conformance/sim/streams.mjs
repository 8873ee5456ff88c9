// The simulator's streams seen through CCXT's watchOHLCV, and its watchTrades where there are no candles: the bars are those of fetchOHLCV.  node streams.mjs PROGRAM
import ccxt from 'ccxt';
import { STEP, difference } from './candles.mjs';
import { Report, client, expect, startSimulator } from './harness.mjs';

const [program] = process.argv.slice (2);
const report = new Report ();
const bars = 8;
const venues = ['binance', 'bybit', 'okx', 'kraken', 'bitfinex', 'coinbaseexchange'];
const simulator = await startSimulator (program, ['--synthetic', '11', '--exchange', venues.join (','), '--speed', '60']);
// CCXT takes a message for one of Binance's spot where the address has "/stream" in it, as the real host's has.
const socketBase = (id, prefix) => simulator.base.replace ('http://', prefix === '/spot' ? 'ws://stream@' : 'ws://') + `/${id}${prefix}`;

function redirectSockets (urls, base) {
    for (const [key, url] of Object.entries (urls)) {
        if (typeof url === 'string')
            urls[key] = url.replace (/^wss:\/\/[^/]+/, base);
        else if (url && typeof url === 'object')
            redirectSockets (url, base);
    }
}

/** A CCXT client of streams whose market lists and sockets are the simulator's. */
function watcher (id, prefix) {
    const exchange = new ccxt.pro[id] ({ enableRateLimit: false });
    exchange.getHttpAgentIfNeeded = () => undefined; // ws:// without a proxy, whatever the environment says
    const plain = client (id, simulator.base);
    const sockets = { ws: exchange.urls.api.ws };
    redirectSockets (sockets, socketBase (id, prefix));
    exchange.urls.api = { ...plain.urls.api, ...sockets };
    return { exchange, plain };
}

/** Watches until `bars` bars have closed meanwhile, and holds them against what is fetched. */
async function watched (id, symbol, prefix) {
    const { exchange, plain } = watcher (id, prefix);
    const seen = new Map ();
    let first, newest;
    while (first === undefined || newest < first + bars * STEP['1m']) {
        for (const bar of await exchange.watchOHLCV (symbol, '1m'))
            seen.set (bar[0], bar);
        newest = Math.max (...seen.keys ());
        first ??= newest + STEP['1m']; // the bar under way may end before its subscription is heard
    }
    await exchange.close ();
    const closed = [...seen.values ()].sort ((a, b) => a[0] - b[0]).filter (bar => bar[0] >= first && bar[0] < newest);
    const truth = await plain.fetchOHLCV (symbol, '1m', first, closed.length);
    expect (closed.length === bars && closed.every ((bar, i) => bar[0] === first + i * STEP['1m']), 'bars are missing');
    const differs = difference (closed, truth.slice (0, closed.length));
    expect (!differs, differs);
    return `${closed.length} bars`;
}

/** Watches trades until `bars` minutes have closed meanwhile; the bars that they make, held against what is fetched. */
async function traded (id, symbol) {
    const { exchange, plain } = watcher (id, '');
    const seen = new Map ();
    const minute = trade => trade.timestamp - trade.timestamp % STEP['1m'];
    let first, newest;
    while (first === undefined || newest < first + (bars + 1) * STEP['1m']) {
        for (const trade of await exchange.watchTrades (symbol))
            seen.set (Number (trade.id), trade);
        newest = Math.max (...[...seen.values ()].map (minute));
        first ??= newest; // watched from somewhere in the middle
    }
    await exchange.close ();
    const trades = [...seen.entries ()].sort ((a, b) => a[0] - b[0]).map (entry => entry[1]);
    const folded = [];
    for (let open = first + STEP['1m']; open < newest; open += STEP['1m']) {
        const ours = trades.filter (trade => minute (trade) === open), prices = ours.map (trade => trade.price);
        if (ours.length)
            folded.push ([open, prices[0], Math.max (...prices), Math.min (...prices), prices.at (-1),
                ours.reduce ((sum, trade) => sum + trade.amount, 0)]);
    }
    const truth = await plain.fetchOHLCV (symbol, '1m', first + STEP['1m'], bars + 1);
    const traded = truth.filter (bar => bar[0] < newest && bar[5] > 0);
    const differs = difference (folded, traded, { volumeTolerance: 1e-12 });
    expect (folded.length >= bars / 2 && !differs, differs || 'bars are missing');
    return `${folded.length} bars of ${trades.length} trades`;
}

const cases = [['binance', 'BTC/USDT', '/spot'], ['binance', 'BTC/USDT:USDT', '/linear'], ['bybit', 'BTC/USDT'],
    ['bybit', 'ETH/USDT:USDT'], ['bybit', 'BTC/USD:BTC'], ['okx', 'BTC/USDT'], ['okx', 'BTC/USDT:USDT'], ['kraken', 'BTC/USD'],
    ['bitfinex', 'BTC/USD'], ['bitfinex', 'ETH/USD']];
await Promise.all (cases.map (([id, symbol, prefix]) =>
    report.check (`${id} ${symbol}: watchOHLCV`, () => watched (id, symbol, prefix ?? ''))));
await report.check ('coinbaseexchange BTC/USD: watchTrades', () => traded ('coinbaseexchange', 'BTC/USD'));
await simulator.stop ();
report.end ();
