// The simulator serves real files; CCXT must get exactly the files' rows.  node files.mjs PROGRAM SHARED
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STEP, difference, readCandles, rollUp } from './candles.mjs';
import { NetworkError, Report, client, expect, fetchAll, startSimulator } from './harness.mjs';

const [program, shared] = process.argv.slice (2);
const folder = join (shared, 'data', 'candles');
const report = new Report ();

const files = {
    btc1m: 'binance_spot_BTCUSDT_1m_2025-06-01_2025-07-01.csv.gz',
    eth1m: 'binance_spot_ETHUSDT_1m_2025-06-01_2025-07-01.csv.gz',
    btc1h: 'binance_spot_BTCUSDT_1h_2022-01-01_2026-04-30.csv.gz',
    btc2h: 'binance_spot_BTCUSDT_2h_2017-08-17_2026-04-30.csv.gz',
    btc1mDoubled: 'binance_spot_BTCUSDT_1m_2024-03-01_2024-03-22_with-duplicates.csv.gz',
    btc1hDoubled: 'binance_spot_BTCUSDT_1h_2023-06-01_2024-03-22_with-duplicates.csv.gz',
    btcDay: 'binance_spot_BTCUSDT_1m_2020-12-01_2020-12-02.csv.gz',
    xrpeth: 'binance_spot_XRPETH_1m_2019-10-11_2019-10-13.csv.gz',
    usdmFirst: 'binance_usdm_BTCUSDT_1m_2019-09-08_2019-09-19_newest-first.csv.gz',
    usdmEth: 'binance_usdm_ETHUSDT_1m_2025-05-04_2025-06-15.csv.gz',
    fil8: 'binance_usdm_FILUSDT_1m_2023-08.csv.gz',
    fil9: 'binance_usdm_FILUSDT_1m_2023-09.csv.gz',
    bybitBtc: 'bybit_linear_BTCUSDT_5m_2025-04-03_2025-07-02.csv.gz',
    bybitEth: 'bybit_linear_ETHUSDT_5m_2025-04-03_2025-07-02.csv.gz',
    bfxBtc5: 'bitfinex_spot_BTCUSD_1m_2019-05-01_2019-06-01.csv.gz',
    bfxBtc9: 'bitfinex_spot_BTCUSD_1m_2019-09-01_2019-10-01.csv.gz',
    bfxEth: 'bitfinex_spot_ETHUSD_1m_2018-02-01_2018-03-01.csv.gz',
    seven: 'seven-venues_perp_BTC-ETH_1h_2025-03_2026-03.csv.gz',
};

// [exchange, unified symbol, timeframe, file or files, CCXT's page size, extra keys]. Where a venue has no file of a
// market type, another one's file stands in: only the numbers matter.
const cases = [
    ['binance', 'BTC/USDT', '1m', ['btc1m'], 1000],
    ['binance', 'BTC/USDT', '2h', ['btc2h'], 1000],
    ['binance', 'ETH/USDT', '1m', ['eth1m'], 500],
    ['binance', 'XRP/ETH', '1m', ['xrpeth'], 1000],
    ['binance', 'LTC/USDT', '1m', ['btc1mDoubled'], 1000],
    ['binance', 'LTC/USDT', '1h', ['btc1hDoubled'], 1000],
    ['binance', 'ADA/USDT', '1m', ['btcDay'], 1000],
    ['binance', 'BTC/USDT:USDT', '1m', ['usdmFirst'], 1000],
    ['binance', 'ETH/USDT:USDT', '1m', ['usdmEth'], 1000],
    ['binance', 'FIL/USDT:USDT', '1m', ['fil8', 'fil9'], 1000],
    ['binance', 'BTC/USD:BTC', '1h', ['btc1h'], 1000],
    ['bybit', 'BTC/USDT:USDT', '5m', ['bybitBtc'], 1000],
    ['bybit', 'ETH/USDT:USDT', '5m', ['bybitEth'], 200],
    ['bybit', 'BTC/USDT', '1h', ['btc1h'], 1000],
    ['bybit', 'BTC/USD:BTC', '5m', ['bybitBtc'], 1000],
    ['okx', 'BTC/USDT:USDT', '1h', ['seven'], 300, { venue: 'okx', coin: 'BTC' }],
    ['okx', 'ETH/USDT:USDT', '1h', ['seven'], 100, { venue: 'okx', coin: 'ETH' }],
    ['okx', 'BTC/USDT', '5m', ['bybitBtc'], 300],
    ['okx', 'BTC/USD:BTC', '1h', ['btc1hDoubled'], 300],
    ['coinbaseexchange', 'BTC/USD', '1m', ['bfxBtc9'], 300],
    ['coinbaseexchange', 'ETH/USD', '1m', ['bfxEth'], 300],
    ['bitfinex', 'BTC/USD', '1m', ['bfxBtc5', 'bfxBtc9'], 10000],
    ['bitfinex', 'ETH/USD', '1m', ['bfxEth'], 1000],
    ['bitfinex', 'BTC/USDT:USDT', '5m', ['bybitBtc'], 10000],
];
const missing = Object.values (files).filter (name => !existsSync (join (folder, name)));
expect (missing.length === 0, `not in ${folder}: ${missing.join (', ')}`);

const typeOf = symbol => !symbol.includes (':') ? 'spot' : symbol.split (':')[1] === symbol.split ('/')[0] ? 'inverse' : 'linear';
const load = (names, extra = {}) => names.flatMap (name => readCandles (join (folder, files[name]), extra));

function dataArguments (exchange, symbol, timeframe, names, extra = {}) {
    return names.flatMap (name => ['--data', [`exchange=${exchange}`, `market=${typeOf (symbol)}`, `symbol=${symbol}`,
        `timeframe=${timeframe}`, `file=${join (folder, files[name])}`, ...Object.entries (extra).map (([k, v]) => `${k}=${v}`)].join (',')]);
}

async function compareFiles () {
    const args = cases.flatMap (([exchange, symbol, timeframe, names, , extra]) => dataArguments (exchange, symbol, timeframe, names, extra));
    const { base, stop } = await startSimulator (program, args);
    const clients = {};
    for (const [id, symbol, timeframe, names, limit, extra] of cases) {
        await report.check (`${id} ${symbol} ${timeframe}`, async () => {
            clients[id] ??= client (id, base);
            await clients[id].loadMarkets ();
            const market = clients[id].market (symbol);
            expect (market.active && (market.type === (typeOf (symbol) === 'spot' ? 'spot' : 'swap')), 'another market');
            const wanted = load (names, extra);
            const rows = [];
            for (const part of wanted.length > 80000 ? names.map (n => load ([n], extra)) : [wanted])
                rows.push (...await fetchAll (clients[id], symbol, timeframe, part[0][0], part[part.length - 1][0] + 1, limit));
            const differs = difference (rows, wanted);
            expect (!differs, differs);
            return `${rows.length} rows`;
        });
    }
    await report.check ('binance BTC/USDT 1h, 4h and 1d out of minutes', async () => {
        const minutes = load (['fil8', 'fil9']);
        for (const timeframe of ['1h', '4h', '1d']) {
            const wanted = rollUp (minutes, STEP[timeframe]);
            const rows = await fetchAll (clients.binance, 'FIL/USDT:USDT', timeframe, wanted[0][0], wanted[wanted.length - 1][0] + 1, 1000);
            const differs = difference (rows, wanted, { volumeTolerance: 1e-12 });
            expect (!differs, `${timeframe}: ${differs}`);
        }
    });
    await stop ();
}

/** The clock stands inside the file: what is later does not exist yet, the bar of now is still open. */
async function compareAtTime () {
    const wanted = load (['bfxEth']);
    const now = wanted[30000][0] + 20_000;
    const closed = wanted.filter (row => row[0] + STEP['1m'] <= now);
    const args = ['--now', String (now), ...dataArguments ('kraken', 'ETH/USD', '1m', ['bfxEth']), ...dataArguments ('okx', 'ETH/USDT', '1m', ['bfxEth']),
        ...dataArguments ('binance', 'ETH/USDT', '1m', ['bfxEth']), ...dataArguments ('coinbaseexchange', 'ETH/USD', '1m', ['bfxEth'])];
    const { base, stop } = await startSimulator (program, args);
    await report.check ('kraken ETH/USD: the newest 720 rows, whatever since says', async () => {
        const kraken = client ('kraken', base, now);
        const rows = await kraken.fetchOHLCV ('ETH/USD', '1m', wanted[0][0], 10000);
        const differs = difference (rows.slice (0, -1), closed.slice (-719));
        expect (!differs, differs);
        const open = rows[rows.length - 1];
        expect (open[0] === wanted[30000][0] && open[1] === wanted[30000][1] && open[5] < wanted[30000][5], 'the open bar is wrong');
        const since = closed[closed.length - 100][0];
        const part = await kraken.fetchOHLCV ('ETH/USD', '1m', since, 10000);
        const other = difference (part.slice (0, -1), closed.filter (row => row[0] >= since));
        expect (!other, other);
        return `${rows.length} rows`;
    });
    for (const [id, symbol, limit] of [['okx', 'ETH/USDT', 300], ['binance', 'ETH/USDT', 1000], ['coinbaseexchange', 'ETH/USD', 300]]) {
        await report.check (`${id} ${symbol}: the newest rows without since`, async () => {
            const exchange = client (id, base, now);
            const rows = await exchange.fetchOHLCV (symbol, '1m', undefined, limit);
            const differs = difference (rows.slice (0, -1), closed.slice (1 - limit));
            expect (!differs, differs);
            expect (rows.length === limit && rows[limit - 1][0] === wanted[30000][0], 'the open bar is missing');
            const since = closed[closed.length - 1000][0];
            const recent = await fetchAll (exchange, symbol, '1m', since, closed[closed.length - 1][0] + 1, limit);
            const other = difference (recent, closed.slice (-1000));
            expect (!other, other);
        });
    }
    await stop ();
}

/** Whatever goes wrong on the way: asked again, the rows are the file's. */
async function compareWithFaults () {
    const plan = '5xx=0.1,reset=0.05,429=0.05,truncate=0.05,corrupt=0.05,html=0.03,short=0.1,duplicate=0.1,hole=0.1,revise=0.1';
    const set = [['binance', 'BTC/USDT', '1m', ['btc1m'], 1000], ['bybit', 'BTC/USDT:USDT', '5m', ['bybitBtc'], 500],
        ['okx', 'BTC/USDT', '5m', ['bybitBtc'], 300], ['coinbaseexchange', 'ETH/USD', '1m', ['bfxEth'], 300], ['bitfinex', 'ETH/USD', '1m', ['bfxEth'], 1000]];
    const { base, stop } = await startSimulator (program,
        ['--fault', plan, '--seed', '5', '--limits', 'off', ...set.flatMap (([exchange, symbol, timeframe, names]) => dataArguments (exchange, symbol, timeframe, names))]);
    for (const [id, symbol, timeframe, names, limit] of set) {
        await report.check (`${id} ${symbol} ${timeframe} with faults`, async () => {
            let exchange = client (id, base);
            let failures = 0;
            const patiently = async action => {
                for (let i = 0; i < 50; i++) {
                    try {
                        return await action ();
                    } catch {
                        failures += 1; // of any type: CCXT passes a few of Node's errors on as they are
                    }
                }
                throw new Error ('fails for ever');
            };
            await patiently (() => {
                exchange = client (id, base); // CCXT remembers a failed market list
                return exchange.loadMarkets ();
            });
            const wanted = load (names).slice (0, 20000);
            const times = new Set (wanted.map (row => row[0]));
            const hasRows = (since, until) => {
                for (let time = since; time < until; time += STEP[timeframe]) {
                    if (times.has (time))
                        return true;
                }
                return false;
            };
            const from = wanted[0][0];
            const to = wanted[wanted.length - 1][0] + 1;
            const fetchPage = (since, size) => patiently (async () => {
                const page = await exchange.fetchOHLCV (symbol, timeframe, since, size);
                if (page.length === 0 && hasRows (since, since + size * STEP[timeframe]))
                    throw new NetworkError ('CCXT takes an unreadable body for an empty list');
                return page;
            });
            const seen = new Map ();
            for (let pass = 0; pass < 4; pass++) {
                for (const row of await fetchAll (exchange, symbol, timeframe, from, to, limit, fetchPage))
                    seen.set (row[0], row);
            }
            const differs = difference ([...seen.values ()].sort ((a, b) => a[0] - b[0]), wanted);
            expect (!differs, differs);
            expect (failures > 0, 'no fault was met');
            return `${seen.size} rows, ${failures} failed requests`;
        });
    }
    await stop ();
}

await compareFiles ();
await compareAtTime ();
await compareWithFaults ();
report.end ();
