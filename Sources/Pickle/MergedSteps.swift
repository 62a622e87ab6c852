/// What is done to an object after making it, without regard to how it was split into steps.
struct MergedSteps {
    var appended: [NodeID] = []
    var items: [NodeID] = []
    var added: [NodeID] = []
    var states: [NodeID] = []
    var calls: [NodeID] = []

    var lists: [[NodeID]] {
        [appended, items, added, states] + (calls.isEmpty ? [] : [calls])
    }
}

extension Arena {
    func mergedSteps(_ object: ArenaObject) -> MergedSteps {
        var merged = MergedSteps()
        for step in object.steps {
            switch step {
            case .append(let extent): merged.appended += children(extent)
            case .setItems(let extent): merged.items += children(extent)
            case .addItems(let extent): merged.added += children(extent)
            case .build(let state): merged.states.append(state)
            case .call(let call): merged.calls.append(call)
            }
        }
        return merged
    }

    func pairs(_ extent: Extent) -> [(key: NodeID, value: NodeID)] {
        Self.pairs(children(extent))
    }

    /// Keys and values that stand in turn.
    static func pairs(_ items: ArraySlice<NodeID>) -> [(key: NodeID, value: NodeID)] {
        stride(from: items.startIndex, to: items.endIndex - 1, by: 2).map {
            (items[$0], items[$0 + 1])
        }
    }
}
