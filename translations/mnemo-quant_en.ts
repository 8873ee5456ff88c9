<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Feeds</name>
    <message numerus="yes">
        <source>%Ln series</source>
        <translation>
            <numerusform>%Ln series</numerusform>
            <numerusform>%Ln series</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln reconnect(s)</source>
        <translation>
            <numerusform>%Ln reconnect</numerusform>
            <numerusform>%Ln reconnects</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Remark</name>
    <message numerus="yes">
        <source>The %n series of the selection</source>
        <translation>
            <numerusform>The one series of the selection</numerusform>
            <numerusform>The %n series of the selection</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %n symbols of the selection</source>
        <translation>
            <numerusform>The one symbol of the selection</numerusform>
            <numerusform>The %n symbols of the selection</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and one more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RepairPlan</name>
    <message numerus="yes">
        <source>and %n more series; bars in all: %1, requests: at least %2</source>
        <translation>
            <numerusform>and one more series; bars in all: %1, requests: at least %2</numerusform>
            <numerusform>and %n more series; bars in all: %1, requests: at least %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Scope</name>
    <message numerus="yes">
        <source>last %n hours</source>
        <translation>
            <numerusform>last hour</numerusform>
            <numerusform>last %n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n days</source>
        <translation>
            <numerusform>last day</numerusform>
            <numerusform>last %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::AttentionModel</name>
    <message numerus="yes">
        <source>Done: %Ln row(s) stored.</source>
        <translation>
            <numerusform>Done: %Ln row stored.</numerusform>
            <numerusform>Done: %Ln rows stored.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::ChartExport</name>
    <message numerus="yes">
        <source>%Ln candle(s) are saved in %1.</source>
        <translation>
            <numerusform>%Ln candle is saved in %1.</numerusform>
            <numerusform>%Ln candles are saved in %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The differences of %Ln bar(s) are saved in %1.</source>
        <translation>
            <numerusform>The difference of %Ln bar is saved in %1.</numerusform>
            <numerusform>The differences of %Ln bars are saved in %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::CommandDialog</name>
    <message numerus="yes">
        <source>tasks of %n run(s)</source>
        <translation>
            <numerusform>tasks of one run</numerusform>
            <numerusform>tasks of %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pipeline(s)</source>
        <translation>
            <numerusform>%n pipeline</numerusform>
            <numerusform>%n pipelines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) of run %1</source>
        <translation>
            <numerusform>%n task of run %1</numerusform>
            <numerusform>%n tasks of run %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>New runs with %n task(s):</source>
        <translation>
            <numerusform>New runs with %n task:</numerusform>
            <numerusform>New runs with %n tasks:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A new run with %n task(s):</source>
        <translation>
            <numerusform>A new run with %n task:</numerusform>
            <numerusform>A new run with %n tasks:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s), in this order:</source>
        <translation>
            <numerusform>%n run, in this order:</numerusform>
            <numerusform>%n runs, in this order:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) end, or never begin. This cannot be undone:</source>
        <translation>
            <numerusform>%n task ends, or never begins. This cannot be undone:</numerusform>
            <numerusform>%n tasks end, or never begin. This cannot be undone:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) begin again:</source>
        <translation>
            <numerusform>%n task begins again:</numerusform>
            <numerusform>%n tasks begin again:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) count as that, without being run:</source>
        <translation>
            <numerusform>%n task counts as that, without being run:</numerusform>
            <numerusform>%n tasks count as that, without being run:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s):</source>
        <translation>
            <numerusform>%n task:</numerusform>
            <numerusform>%n tasks:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::CoverageCard</name>
    <message numerus="yes">
        <source>%n series could not be started. %1</source>
        <translation>
            <numerusform>One series could not be started. %1</numerusform>
            <numerusform>%n series could not be started. %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n series</source>
        <translation>
            <numerusform>%n series</numerusform>
            <numerusform>%n series</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::CoverageScreen</name>
    <message numerus="yes">
        <source>%Ln line(s) were written to %1.</source>
        <translation>
            <numerusform>%Ln line was written to %1.</numerusform>
            <numerusform>%Ln lines were written to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::GanttView</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slot(s)</source>
        <translation>
            <numerusform>%n slot</numerusform>
            <numerusform>%n slots</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::GraphView</name>
    <message numerus="yes">
        <source>%n task(s) chosen</source>
        <translation>
            <numerusform>%n task chosen</numerusform>
            <numerusform>%n tasks chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::GridView</name>
    <message numerus="yes">
        <source>%n cell(s) chosen</source>
        <translation>
            <numerusform>%n cell chosen</numerusform>
            <numerusform>%n cells chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::LimitsModel</name>
    <message numerus="yes">
        <source>%1 %2, %Ln series</source>
        <translation>
            <numerusform>%1 %2, %Ln series</numerusform>
            <numerusform>%1 %2, %Ln series</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %Ln polled</source>
        <translation>
            <numerusform>%1 %Ln polled</numerusform>
            <numerusform>%1 %Ln polled</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln instrument(s)</source>
        <translation>
            <numerusform>%1, %Ln instrument</numerusform>
            <numerusform>%1, %Ln instruments</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::PipelinesPage</name>
    <message numerus="yes">
        <source>%n run(s) have begun.</source>
        <translation>
            <numerusform>%n run has begun.</numerusform>
            <numerusform>%n runs have begun.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) wait for their turn.</source>
        <translation>
            <numerusform>%n run waits for its turn.</numerusform>
            <numerusform>%n runs wait for their turn.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) begin again.</source>
        <translation>
            <numerusform>%n task begins again.</numerusform>
            <numerusform>%n tasks begin again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are marked.</source>
        <translation>
            <numerusform>%n task is marked.</numerusform>
            <numerusform>%n tasks are marked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) have another priority.</source>
        <translation>
            <numerusform>%n task has another priority.</numerusform>
            <numerusform>%n tasks have another priority.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pipeline(s)</source>
        <translation>
            <numerusform>%n pipeline</numerusform>
            <numerusform>%n pipelines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) at work</source>
        <translation>
            <numerusform>%n run at work</numerusform>
            <numerusform>%n runs at work</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>⚠ %n place(s) of their files are wrong</source>
        <translation>
            <numerusform>⚠ %n place of their files is wrong</numerusform>
            <numerusform>⚠ %n places of their files are wrong</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::RulesModel</name>
    <message numerus="yes">
        <source>%n days ago</source>
        <translation>
            <numerusform>a day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::SymbolsDialog</name>
    <message numerus="yes">
        <source>%n correction(s) are not saved.</source>
        <translation>
            <numerusform>%n correction is not saved.</numerusform>
            <numerusform>%n corrections are not saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Writes %n correction(s) into your settings; the rest of the file stays as it is</source>
        <translation>
            <numerusform>Writes %n correction into your settings; the rest of the file stays as it is</numerusform>
            <numerusform>Writes %n corrections into your settings; the rest of the file stays as it is</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::TaskDetails</name>
    <message numerus="yes">
        <source>%n instance(s); open the row to see each</source>
        <translation>
            <numerusform>%n instance; open the row to see each</numerusform>
            <numerusform>%n instances; open the row to see each</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and one more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mnemo::WindowStatus</name>
    <message numerus="yes">
        <source>%Ln request(s) wait for their turn at the exchanges.</source>
        <translation>
            <numerusform>%Ln request waits for its turn at the exchanges.</numerusform>
            <numerusform>%Ln requests wait for their turn at the exchanges.</numerusform>
        </translation>
    </message>
</context>
</TS>
