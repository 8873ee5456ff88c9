// The simulator's made-up markets seen through CCXT; needs no files.  node synthetic.mjs PROGRAM
import WebSocket from 'ws'; // CCXT brings it
import { STEP, difference, rollUp } from './candles.mjs';
import { BadSymbol, DDoSProtection, ExchangeError, RateLimitExceeded, Report, client, expect, expectError, fetchAll, startSimulator } from './harness.mjs';

const [program] = process.argv.slice (2);
const report = new Report ();
const now = Date.UTC (2025, 5, 15, 10, 20, 30);
const ids = ['binance', 'bybit', 'okx', 'kraken', 'coinbaseexchange', 'bitfinex'];
const page = { binance: 1000, bybit: 1000, okx: 300, kraken: 720, coinbaseexchange: 300, bitfinex: 10000 };
const markets = {
    binance: ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC', 'KSM/USDT'], bybit: ['BTC/USDT', 'ETH/USDT:USDT', 'BTC/USD:BTC'],
    okx: ['BTC/USDT', 'SOL/USDT:USDT', 'ETH/USD:ETH'], kraken: ['BTC/USD', 'DOGE/USD'], coinbaseexchange: ['BTC/USD', 'KSM/USD'],
    bitfinex: ['BTC/USD', 'BTC/USDT:USDT', 'KSM/USD'],
};
const base = ['--synthetic', '11', '--exchange', ids.join (','), '--now', String (now)];
const recentOnly = id => id === 'kraken';

const one = await startSimulator (program, base);
const other = await startSimulator (program, base);

for (const id of ids) {
    const exchange = client (id, one.base, now);
    const twin = client (id, other.base, now);
    await report.check (`${id}: markets and time`, async () => {
        await exchange.loadMarkets ();
        await twin.loadMarkets ();
        for (const symbol of markets[id])
            expect (exchange.markets[symbol]?.active, `${symbol} is missing`);
        if (exchange.has.fetchTime)
            expect (Math.abs (await exchange.fetchTime () - now) < 1000, 'another time');
        return `${Object.keys (exchange.markets).length} markets`;
    });
    for (const symbol of markets[id]) {
        await report.check (`${id} ${symbol}`, async () => {
            const from = now - now % STEP['1d'] - (recentOnly (id) ? -STEP['1h'] : 2 * STEP['1d']);
            const minutes = await fetchAll (exchange, symbol, '1m', from, now, page[id]);
            expect (minutes.length > 100, `${minutes.length} rows`);
            const again = await fetchAll (twin, symbol, '1m', from, now, Math.floor (page[id] / 3));
            expect (!difference (again, minutes), `another program with the same seed: ${difference (again, minutes)}`);
            for (const [i, row] of minutes.entries ()) {
                expect (row[3] <= Math.min (row[1], row[4]) && row[2] >= Math.max (row[1], row[4]) && row[3] > 0, `impossible bar ${row}`);
                expect (row[0] % STEP['1m'] === 0 && row[5] >= 0, `impossible bar ${row}`);
                if (i > 0 && row[0] - minutes[i - 1][0] === STEP['1m'])
                    expect (row[1] === minutes[i - 1][4], `${row} does not open where ${minutes[i - 1]} closed`);
            }
            const hours = await fetchAll (exchange, symbol, '1h', from, now, page[id]);
            const differs = difference (hours, rollUp (minutes, STEP['1h']), { volumeTolerance: 1e-9 });
            // CCXT's volume of an inverse market is in coins, rounded here to 5 decimals by minute
            expect (!differs, `hours: ${differs}`);
            return `${minutes.length} minutes`;
        });
    }
    await report.check (`${id}: nothing before the listing, all days since`, async () => {
        if (recentOnly (id))
            return 'only recent rows here';
        const symbol = markets[id][0];
        const days = await fetchAll (exchange, symbol, '1d', Date.UTC (2016, 0, 1), now, page[id]);
        expect (days[0][0] >= Date.UTC (2017, 0, 1), `first day ${days[0]}`);
        for (let i = 1; i < days.length; i++)
            expect (days[i][0] - days[i - 1][0] === STEP['1d'], `a day is missing before ${days[i]}`);
        return `${days.length} days`;
    });
    await report.check (`${id}: an unknown symbol`, async () => {
        const symbol = markets[id][0];
        const market = exchange.markets[symbol];
        const real = market.id;
        market.id = { binance: 'NOPEUSDT', bybit: 'NOPEUSDT', okx: 'NOPE-USDT', kraken: 'NOPEUSD', coinbaseexchange: 'NOPE-USD', bitfinex: 'tNOPEUSD' }[id];
        // CCXT has no class for these two: Kraken's wording for candles and Coinbase's 404
        const wanted = { kraken: ExchangeError, coinbaseexchange: ExchangeError }[id] ?? BadSymbol;
        const error = await expectError (wanted, () => exchange.fetchOHLCV (symbol, '1m', now - STEP['1h'], 10));
        market.id = real;
        return error.constructor.name;
    });
}
await report.check ('okx: days open at UTC+8 unless asked otherwise', async () => {
    const okx = client ('okx', one.base, now);
    await okx.loadMarkets ();
    const east = await okx.publicGetMarketCandles ({ instId: 'BTC-USDT', bar: '1D', limit: 5 });
    const utc = await okx.publicGetMarketCandles ({ instId: 'BTC-USDT', bar: '1Dutc', limit: 5 });
    expect (east.data.every (row => Number (row[0]) % STEP['1d'] === 16 * STEP['1h']), JSON.stringify (east.data[0]));
    expect (utc.data.every (row => Number (row[0]) % STEP['1d'] === 0), JSON.stringify (utc.data[0]));
    expect (utc.data[0][8] === '0' && utc.data[1][8] === '1', 'confirm');
});
await one.stop ();
await other.stop ();

const limited = await startSimulator (program, [...base, '--limits', '3/s']);
for (const id of ids) {
    await report.check (`${id}: too many requests`, async () => {
        const exchange = client (id, limited.base, now);
        const symbol = markets[id][0];
        const error = await expectError ([RateLimitExceeded, DDoSProtection], async () => {
            await exchange.loadMarkets ();
            for (let i = 0; i < 20; i++)
                await exchange.fetchOHLCV (symbol, '1m', now - STEP['1h'], 10);
        });
        return error.constructor.name;
    });
}
await limited.stop ();

const live = await startSimulator (program, ['--synthetic', '11', '--exchange', 'binance']);
await report.check ('binance: the running bar over WebSocket', async () => {
    const socket = new WebSocket (`${live.base.replace ('http', 'ws')}/binance/ws/btcusdt@kline_1m`);
    const seen = [];
    await new Promise ((resolve, reject) => {
        socket.on ('error', reject);
        socket.on ('open', () => socket.send ('{"method":"SUBSCRIBE","params":["ethusdt@kline_5m"],"id":7}'));
        socket.on ('message', text => {
            seen.push (JSON.parse (text));
            if (seen.filter (m => m.k?.i === '1m').length >= 3 && seen.some (m => m.k?.i === '5m'))
                resolve ();
        });
    });
    socket.terminate ();
    expect (seen.some (m => m.id === 7 && m.result === null), 'the subscription is not confirmed');
    const bars = seen.filter (m => m.e === 'kline' && m.s === 'BTCUSDT').map (m => m.k);
    const exchange = client ('binance', live.base);
    const [row] = await exchange.fetchOHLCV ('BTC/USDT', '1m', bars[0].t, 1);
    expect (row[0] === bars[0].t && row[1] === Number (bars[0].o), `stream ${JSON.stringify (bars[0])}, rest ${row}`);
    expect (bars.some (bar => bar.v !== bars[0].v), 'the bar stands still');
    return `${seen.length} messages`;
});
await live.stop ();
report.end ();
