// One case a venue: its market list, as CCXT asks for it and reads it.
import { Client, clock, endpointNames } from './client.mjs';
import { samplesOf } from './samples.mjs';
import { LISTS } from './marketanswers.mjs';

/** The first sample of each endpoint, of the venue's class or of those that it inherits from. */
function inheritedSamples (ccxt, folder, exchange) {
    const names = new Set (endpointNames (exchange));
    const samples = new Map ();
    for (let type = exchange.constructor; ccxt[type?.name] && type.name !== 'Exchange'; type = Object.getPrototypeOf (type))
        for (const [endpoint, sample] of samplesOf (folder, type.name, name => names.has (name)))
            if (!samples.has (endpoint))
                samples.set (endpoint, sample);
    return samples;
}

const FIELDS = ['id', 'symbol', 'base', 'quote', 'settle', 'type', 'linear', 'inverse', 'contractSize', 'active'];

export async function marketCase (ccxt, folder, id, now) {
    clock.now = now;
    const made = LISTS[id];
    const client = new Client (ccxt, id, { withKeys: made?.needsKeys });
    const samples = made ? undefined : inheritedSamples (ccxt, folder, client.exchange);
    const requests = [];
    client.answer = (endpoint, request) => {
        const answer = made ? made.answer ({ endpoint, request, url: new URL (request.url) }) : samples.get (endpoint);
        requests.push ({ ...request, answer: JSON.stringify (answer ?? {}) });
        return answer ?? {};
    };
    const result = { id: `${id}.markets`, venue: id, kind: 'markets', now };
    try {
        if (made?.needsCurrencies)
            client.exchange.options.cachedCurrencies = await client.exchange.fetchCurrencies ();
        const markets = (await client.exchange.fetchMarkets ()).filter (Boolean);
        result.rows = markets.map (market => Object.fromEntries (FIELDS.map (field => [field, market[field] ?? null])));
    } catch (error) {
        result.error = `${error.constructor.name}: ${String (error.message).slice (0, 200)}`;
    }
    return { ...result, requests };
}
