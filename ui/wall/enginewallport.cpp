#include "ui/wall/enginewallport.h"

#include <utility>

namespace mnemo {

void EngineWallPort::readCandles(QObject* context, const SeriesRecord& series, TimeRange range, Answer answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [id = series.id, range, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token&) -> EngineBridge::Deliver {
            auto candles = reader ? (*reader)->candles(id, range) : fail(reader.error());
            return [answer, shared = std::make_shared<Result<std::vector<Candle>>>(std::move(candles))] {
                answer(std::move(*shared));
            };
        });
}

} // namespace mnemo
