// The simulator's open interest as CCXT's fetchOpenInterestHistory reads it and as mnemo-quant-cli stores it: the same
// readings.  node interest.mjs PROGRAM SHARED CLI
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEP } from './candles.mjs';
import { ExchangeError, BadSymbol, Report, client, expect, expectError, fetchAll, startSimulator } from './harness.mjs';

const [program, , cli] = process.argv.slice (2);
const report = new Report ();
const faults = '5xx=0.05,429=0.02,truncate=0.03,short=0.1,duplicate=0.1';
const ids = ['binance', 'bybit', 'okx'];
const calm = await startSimulator (program, ['--synthetic', '11', '--exchange', ids.join (',')]);
const rough = await startSimulator (program, ['--synthetic', '11', '--exchange', ids.join (','), '--fault', faults]);
const folder = mkdtempSync (join (tmpdir (), 'mnemo-interest-'));
mkdirSync (join (folder, 'config'));
const environment = Object.fromEntries (Object.entries (process.env).filter (([name]) => !/^(MNEMO_|https?_proxy$|all_proxy$)/i.test (name)));

function ours (...words) {
    const bases = ids.flatMap (id => ['--set', `exchanges.${id}.base_url=${rough.base}/${id}`]);
    return execFileSync (cli, ['--data-dir', join (folder, 'data'), '--config-dir', join (folder, 'config'), '--set', 'retry.base=5ms',
        '--set', 'retry.cap=20ms', ...bases, ...words], { env: environment, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** time -> reading of one series from @p from on, as it is stored after a backfill through faults. */
function stored (id, symbol, timeframe, from) {
    const series = ['--exchange', id, '--symbol', symbol, '--timeframe', timeframe, '--kind', 'open_interest', '--from', String (from)];
    ours ('backfill', ...series);
    const rows = JSON.parse (ours ('open-interest', ...series.filter (word => word !== '--kind' && word !== 'open_interest'), '--format', 'json'));
    return new Map (rows.map (([time, amount, value, raw_amount, raw_value]) => [time, { amount, value, raw_amount, raw_value }]));
}

const isNear = (a, b) => Math.abs (a - b) <= 1e-9 * Math.abs (b);

/**
 * CCXT's pages of one series. It asks COIN-M for quarterly contracts where nothing else is said; the end that it makes up for
 * Bybit lies a row too far, and of so many the oldest goes.
 */
async function history (id, symbol, timeframe, from, limit) {
    const exchange = client (id, calm.base);
    const market = (await exchange.loadMarkets ())[symbol];
    const extra = id === 'binance' && market.inverse ? { contractType: 'PERPETUAL', pair: market.base + market.quote } : {};
    const until = Date.now () - Date.now () % STEP[timeframe]; // we keep what is a whole frame old
    const end = (since, size) => id === 'bybit' ? { until: since + (size - 1) * STEP[timeframe] } : {};
    const fetchPage = async (since, size) => (await exchange.fetchOpenInterestHistory (symbol, timeframe, since, size, { ...extra, ...end (since, size) }))
        .map (reading => [reading.timestamp, reading.openInterestAmount, reading.openInterestValue]);
    return (await fetchAll (exchange, symbol, timeframe, from, until, limit, fetchPage)).map (([time, amount, value]) => ({ time, amount, value }));
}

const begin = timeframe => Math.ceil ((Date.now () - (timeframe === '5m' ? 50 : 25 * 24) * STEP['1h']) / STEP[timeframe]) * STEP[timeframe];

for (const [id, symbol, timeframe, limit] of [
    ['binance', 'BTC/USDT:USDT', '5m', 500], ['binance', 'ETH/USDT:USDT', '1h', 500], ['binance', 'BTC/USD:BTC', '1h', 500],
    ['bybit', 'BTC/USDT:USDT', '5m', 200], ['bybit', 'ETH/USD:ETH', '1h', 200]]) {
    await report.check (`${id} ${symbol} ${timeframe}: as CCXT, as we`, async () => {
        const from = begin (timeframe);
        const theirs = await history (id, symbol, timeframe, from, limit);
        const own = stored (id, symbol, timeframe, from);
        expect (theirs.length > limit, `${theirs.length} readings are one page`);
        for (const { time, amount, value } of theirs) {
            const row = own.get (time);
            expect (row, `we lack ${new Date (time).toISOString ()}`);
            for (const [name, number] of [['raw_amount', amount], ['raw_value', value]])
                expect (number === undefined ? row[name] === null : isNear (row[name], number), `${name} ${row[name]} instead of ${number} at ${time}`);
        }
        expect (own.size - theirs.length <= 1, `${own.size} readings stored of ${theirs.length}`);
        return `${theirs.length} readings`;
    });
}

await report.check ('okx BTC 1h: all contracts together, as CCXT asks', async () => {
    const from = begin ('1h');
    const theirs = await history ('okx', 'BTC/USDT:USDT', '1h', from, undefined);
    const linear = stored ('okx', 'BTC/USDT:USDT', '1h', from);
    const inverse = stored ('okx', 'BTC/USD:BTC', '1h', from);
    expect (theirs.length > 500, `${theirs.length} readings`);
    for (const { time, value } of theirs)
        expect (isNear (linear.get (time)?.value + inverse.get (time)?.value, value), `${linear.get (time)?.value} and ${inverse.get (time)?.value} make no ${value}`);
    return `${theirs.length} readings`;
});

await report.check ('binance: what is older than 30 days is refused, 500 rows at most', async () => {
    const exchange = client ('binance', calm.base);
    await exchange.loadMarkets ();
    const old = Date.now () - 31 * STEP['1d'];
    await expectError (ExchangeError, () => exchange.fetchOpenInterestHistory ('BTC/USDT:USDT', '1h', old, 100));
    await expectError (ExchangeError, () => exchange.fetchOpenInterestHistory ('BTC/USDT:USDT', '1h', old + 3 * STEP['1d'], 501));
});
await report.check ('bybit: back to the listing, a start alone is ignored, cursors lead on', async () => {
    const exchange = client ('bybit', calm.base);
    await exchange.loadMarkets ();
    const old = Date.UTC (2024, 0, 1);
    const page = await exchange.fetchOpenInterestHistory ('BTC/USDT:USDT', '1h', old, 200, { until: old + 199 * STEP['1h'] });
    expect (page.length >= 199 && page[0].timestamp === old, `${page.length} from ${page[0]?.datetime}`);
    const lone = await exchange.publicGetV5MarketOpenInterest ({ category: 'linear', symbol: 'BTCUSDT', intervalTime: '1h', startTime: old, limit: 5 });
    expect (Date.now () - Number (lone.result.list[0].timestamp) < STEP['1h'], 'the newest is not there');
    const next = await exchange.publicGetV5MarketOpenInterest ({ category: 'linear', symbol: 'BTCUSDT', intervalTime: '1h', limit: 5, cursor: lone.result.nextPageCursor });
    expect (Number (lone.result.list[4].timestamp) - Number (next.result.list[0].timestamp) === STEP['1h'], 'the cursor leads elsewhere');
});
await report.check ('unknown contracts', async () => {
    const names = [];
    for (const [id, wrong, wanted] of [['binance', 'NOPEUSDT', BadSymbol], ['bybit', 'NOPEUSDT', ExchangeError]]) {
        const exchange = client (id, calm.base);
        await exchange.loadMarkets ();
        exchange.markets['BTC/USDT:USDT'].id = wrong;
        names.push ((await expectError (wanted, () => exchange.fetchOpenInterestHistory ('BTC/USDT:USDT', '1h', undefined, 10))).constructor.name);
    }
    return names.join (', ');
});

await calm.stop ();
await rough.stop ();
rmSync (folder, { recursive: true });
report.end ();
