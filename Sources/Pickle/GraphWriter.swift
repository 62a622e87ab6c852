/// Writes values into one reply so that parts of one graph go on sharing what they share.
///
/// Bodies number their memo entries from 0 each, for each is read to its end before the next
/// begins. What graphs share is referred to across them: it has the numbers behind the highest of
/// the bodies.
package struct GraphWriter {
    /// For each graph what writes its parts; what they share is known when the last is written.
    private var picklers: [ObjectIdentifier: Pickler] = [:]

    /// - Parameter values: all that will be written, and the bodies that will stand between them;
    ///   those that are parts in the order in which they will be written.
    package init(_ values: some Sequence<PickledValue>) {
        var met = MetGraphs()
        var firstMemo = 0
        for value in values {
            if let part = value.part {
                met.add(part)
            } else {
                firstMemo = max(firstMemo, Self.memoEnd(of: value.body))
            }
        }
        for (arena, roots) in met.graphs {
            let pickler = Pickler(arena, roots: roots, protocol: .four, firstMemo: firstMemo)
            firstMemo += pickler.plan.references.marked.count
            picklers[ObjectIdentifier(arena)] = pickler
        }
    }

    /// Writes the next value.
    package mutating func write(_ value: PickledValue, to out: inout BodyWriter) {
        guard let part = value.part?.value else { return out.body(value) }
        let key = ObjectIdentifier(part.arena)
        guard var pickler = picklers.removeValue(forKey: key) else { return out.body(value) }
        pickler.run(part.id)
        out.append(contentsOf: pickler.writer.takeBytes())
        picklers[key] = pickler
    }

    /// The number behind those of a body's memo entries.
    private static func memoEnd(of body: [UInt8]) -> Int {
        unsafe body.withUnsafeBytes { bytes in
            var reader = unsafe InstructionReader(bytes, from: 0, to: bytes.count)
            var end = 0
            while !reader.isAtEnd, let opcode = try? reader.next() {
                if opcode == .binPut || opcode == .longBinPut { end = max(end, reader.number + 1) }
            }
            return end
        }
    }
}

extension BodyWriter {
    /// Writes bodies one after the other.
    package mutating func bodies(_ values: some Collection<PickledValue>) {
        guard values.contains(where: { $0.part != nil }) else {
            for value in values { body(value) }
            return
        }
        var graphs = GraphWriter(values)
        for value in values { graphs.write(value, to: &self) }
    }
}
