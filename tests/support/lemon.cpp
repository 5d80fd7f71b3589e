#include "tests/support/lemon.h"

#include <ctime>
#include <lemon/network_simplex.h>
#include <lemon/preflow.h>
#include <lemon/smart_graph.h>
#include <vector>

namespace {

using Graph = lemon::SmartDigraph;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/* source -> services -> candidates -> classes -> sink; candidates without a pair are left out. */
struct Network {
    Graph graph;
    Graph::Node source, sink;
    std::vector<Graph::Arc> arcs;
    std::vector<std::int64_t> upper;
    std::vector<std::int64_t> score;

    void arc(Graph::Node from, Graph::Node to, std::int64_t capacity, std::int64_t worth) {
        arcs.push_back(graph.addArc(from, to));
        upper.push_back(capacity);
        score.push_back(worth);
    }

    explicit Network(const lemon_problem &p) {
        std::size_t nodes = static_cast<std::size_t>(p.ncandidates + p.nclasses + p.nservices + 2);
        std::size_t expected = p.npairs + nodes + 1;
        graph.reserveNode(static_cast<int>(nodes));
        graph.reserveArc(static_cast<int>(expected));
        arcs.reserve(expected);
        upper.reserve(expected);
        score.reserve(expected);
        source = graph.addNode();
        sink = graph.addNode();
        std::vector<Graph::Node> service, place;
        for (int s = 0; s < p.nservices; s++) {
            service.push_back(graph.addNode());
            arc(source, service.back(), p.quotas[s], 0);
        }
        for (int k = 0; k < p.nclasses; k++) {
            place.push_back(graph.addNode());
            arc(place.back(), sink, p.places[k], 0);
        }
        Graph::Node who = lemon::INVALID;
        for (std::size_t i = 0; i < p.npairs; i++) {
            const lemon_pair &pair = p.pairs[i];
            if (i == 0 || p.pairs[i - 1].candidate != pair.candidate) {
                who = graph.addNode();
                arc(service[static_cast<std::size_t>(p.service[pair.candidate])], who, 1, 0);
            }
            arc(who, place[static_cast<std::size_t>(pair.place_class)], 1, pair.score);
        }
    }
};

} // namespace

std::int64_t lemon_largest(const lemon_problem *problem) {
    Network net(*problem);
    Graph::ArcMap<std::int64_t> capacity(net.graph);
    for (std::size_t a = 0; a < net.arcs.size(); a++) {
        capacity[net.arcs[a]] = net.upper[a];
    }
    lemon::Preflow<Graph, Graph::ArcMap<std::int64_t>> flow(net.graph, capacity, net.source,
                                                            net.sink);
    flow.runMinCut();
    return flow.flowValue();
}

lemon_answer lemon_best(const lemon_problem *problem) {
    Network net(*problem);
    std::int64_t all = 0;
    for (int k = 0; k < problem->nclasses; k++) {
        all += problem->places[k];
    }
    /* Whoever finds no place flows past; a filled place is worth more than all scores together. */
    std::int64_t filled = (all + 1) * 4001;
    net.arc(net.source, net.sink, problem->ncandidates, 0);
    Graph::ArcMap<std::int64_t> capacity(net.graph);
    Graph::ArcMap<std::int64_t> cost(net.graph);
    for (std::size_t a = 0; a < net.arcs.size(); a++) {
        capacity[net.arcs[a]] = net.upper[a];
        cost[net.arcs[a]] = -net.score[a];
        if (net.graph.target(net.arcs[a]) == net.sink && a + 1 < net.arcs.size()) {
            cost[net.arcs[a]] = -filled;
        }
    }
    lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t> simplex(net.graph);
    simplex.upperMap(capacity).costMap(cost).stSupply(net.source, net.sink, problem->ncandidates);
    lemon_answer answer{};
    double begin = cpu_seconds();
    auto status = simplex.run();
    answer.seconds = cpu_seconds() - begin;
    if (status != simplex.OPTIMAL) {
        return answer;
    }
    for (std::size_t a = 0; a + 1 < net.arcs.size(); a++) {
        std::int64_t flow = simplex.flow(net.arcs[a]);
        answer.score += flow * net.score[a];
        if (net.graph.target(net.arcs[a]) == net.sink) {
            answer.assigned += flow;
        }
    }
    return answer;
}
